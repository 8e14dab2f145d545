import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { UsageError } from '../cli/usage-error.js'

interface NamedObject {
  readonly kind: string
  readonly name: string
}

/** The objects in files, folders and the input (`-`). Throws a UsageError for what cannot be read. */
export function readManifests(paths: readonly string[], recursive: boolean): readonly NamedObject[] {
  return paths
    .flatMap((path) => filesAt(path, recursive))
    .flatMap((file) =>
      parseAllDocuments(textOf(file)).flatMap((document) => {
        const [error] = document.errors
        if (error !== undefined) throw new UsageError(`${file} is no YAML: ${error.message}`)
        return objectsIn(document.toJS() as unknown, file)
      }),
    )
}

const manifest = /\.(ya?ml|json)$/

function filesAt(path: string, recursive: boolean): readonly string[] {
  if (path === '-') return [path]
  try {
    if (!statSync(path).isDirectory()) return [path]
    return readdirSync(path, { withFileTypes: true, recursive })
      .filter((entry) => entry.isFile() && manifest.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  } catch (error) {
    throw new UsageError(`the path "${path}" cannot be read: ${(error as Error).message}`)
  }
}

const textOf = (file: string): string => readFileSync(file === '-' ? 0 : file, 'utf8')

function objectsIn(value: unknown, file: string): readonly NamedObject[] {
  if (value === null || value === undefined) return []
  const { kind, metadata, items } = value as { kind?: unknown; metadata?: { name?: unknown }; items?: unknown }
  if (Array.isArray(items)) return items.flatMap((item) => objectsIn(item, file))
  if (typeof kind === 'string' && typeof metadata?.name === 'string') return [{ kind, name: metadata.name }]
  throw new UsageError(`an object in ${file} has no kind or no name`)
}
