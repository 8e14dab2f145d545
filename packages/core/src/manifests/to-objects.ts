import type { KubernetesManifest } from '@tiltts/spec'
import { groupOf } from '../kubernetes/objects.js'
import { isRecord, type Path } from '../kubernetes/tree.js'
import { checkShape } from './check-shape.js'

export interface ObjectProblem {
  readonly path: Path
  readonly message: string
  readonly hint?: string | undefined
}

export interface ReadObject {
  readonly object: KubernetesManifest
  /** Where it stands in the document. */
  readonly path: Path
}

interface Read {
  readonly objects: readonly ReadObject[]
  readonly problems: readonly ObjectProblem[]
}

/** The objects of a document: none for null, the items of a list; without `status`, and checked. */
export function toObjects(value: unknown, path: Path = []): Read {
  if (value === null || value === undefined) return { objects: [], problems: [] }
  if (!isRecord(value)) {
    const got = Array.isArray(value) ? 'a list' : JSON.stringify(value)
    return refused(path, `a manifest must be a mapping with apiVersion, kind and metadata, but this is ${got}`)
  }
  const { kind, items } = value
  if (typeof kind === 'string' && kind.endsWith('List') && (Array.isArray(items) || items === null)) {
    const reads = (items ?? []).map((item: unknown, index: number) => toObjects(item, [...path, 'items', index]))
    return {
      objects: reads.flatMap(({ objects }: Read) => objects),
      problems: reads.flatMap(({ problems }: Read) => problems),
    }
  }
  return toObject(value, path)
}

function toObject(value: Readonly<Record<string, unknown>>, path: Path): Read {
  const { apiVersion, kind, metadata, status: _, ...rest } = value
  for (const [field, found] of Object.entries({ apiVersion, kind })) {
    if (typeof found !== 'string' || found === '') {
      return refused(path, `${nameOf(value)} has no ${field}`, `Write for example: ${examples[field]}`)
    }
  }
  const name = isRecord(metadata) ? metadata['name'] : undefined
  if (name === undefined || name === null || name === '') {
    const generated = isRecord(metadata) && metadata['generateName'] !== undefined
    return refused(
      path,
      `${nameOf(value)} has no metadata.name`,
      generated ? 'Give it a name in place of generateName: each update would make one more of it' : undefined,
    )
  }
  const problems = checkShape(value, groupOf(String(apiVersion))).map((problem) => ({
    ...problem,
    path: [...path, ...problem.path],
    message: `${nameOf(value)}: ${problem.message}`,
  }))
  if (problems.length > 0) return { objects: [], problems }
  return { objects: [{ object: { apiVersion, kind, metadata, ...rest } as KubernetesManifest, path }], problems: [] }
}

const examples: Readonly<Record<string, string>> = { apiVersion: 'apiVersion: v1', kind: 'kind: ConfigMap' }

/** As much of what names it as there is. */
function nameOf({ kind, metadata }: Readonly<Record<string, unknown>>): string {
  const name = isRecord(metadata) ? (metadata['name'] ?? metadata['generateName']) : undefined
  if (typeof kind !== 'string' || kind === '') return name === undefined ? 'a manifest' : `the manifest of ${name}`
  return name === undefined ? `a ${kind}` : `${kind}/${name}`
}

function refused(path: Path, message: string, hint?: string): Read {
  return { objects: [], problems: [{ path, message, hint }] }
}
