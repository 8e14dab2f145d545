import { createHash } from 'node:crypto'
import type { ManifestReading } from '@tiltts/core/manifests'
import type { Files, Records } from '@tiltts/runtime/ports'
import type { Json, ManifestDocument } from '@tiltts/spec'

/** What decides a rendering. */
export interface RenderInputs {
  /** Tells renderings apart: the command line, the folder. Of each only the newest is kept. */
  readonly identity: readonly string[]
  /** Files, and folders with all below, that go into it. */
  readonly paths: readonly string[]
  /** Version of the tool, and what else decides it. */
  readonly more: readonly string[]
  /** Whether something comes from elsewhere, so that it may be another in the next session. */
  readonly remote: boolean
}

/** Renderings that need not be done again. */
export interface RenderMemory {
  /** What it was the last time, or what `render` makes now; only what has no problem and was not changed meanwhile is kept. */
  recall(inputs: RenderInputs, render: () => Promise<ManifestReading>, signal: AbortSignal): Promise<ManifestReading>
}

interface Kept {
  readonly fingerprint: string
  readonly documents: readonly ManifestDocument[]
}

/** A change of how documents are made of an output makes another format. */
const format = 1

/** @param options Files whose hashes are asked for, and where renderings are kept over sessions. */
export function renderMemory({ files, records }: { readonly files: Files; readonly records: Records }): RenderMemory {
  const kept = new Map<string, Kept>()

  const fingerprintOf = async ({ identity, paths, more }: RenderInputs, signal: AbortSignal): Promise<string> => {
    const hashes = await files.hash(paths, () => false, signal)
    return sha256(JSON.stringify([format, identity, more, [...hashes]]))
  }

  return {
    async recall(inputs, render, signal) {
      const key = `manifests/${sha256(JSON.stringify(inputs.identity))}`
      const fingerprint = await fingerprintOf(inputs, signal)
      const known = kept.get(key) ?? (inputs.remote ? undefined : keptOf(await records.get(key)))
      if (known?.fingerprint === fingerprint) {
        kept.set(key, known)
        return { documents: known.documents, diagnostics: [] }
      }
      const rendering = await render()
      if (rendering.diagnostics.length > 0 || (await fingerprintOf(inputs, signal)) !== fingerprint) return rendering
      const { documents } = rendering
      kept.set(key, { fingerprint, documents })
      if (!inputs.remote) await records.set(key, JSON.parse(JSON.stringify({ fingerprint, documents })) as Json)
      return rendering
    },
  }
}

function keptOf(record: Json | undefined): Kept | undefined {
  const found = record as Partial<Kept> | null | undefined
  return typeof found?.fingerprint === 'string' && Array.isArray(found.documents) ? (found as Kept) : undefined
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
