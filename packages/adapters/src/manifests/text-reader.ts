import { setImmediate as nextTurn } from 'node:timers/promises'
import { documentParts, type ManifestReading, type ManifestText, readManifestPart } from '@tiltts/core/manifests'

/** Reads a text of manifests; others have their turn in between. Rejects with the signal's reason. */
export type TextReader = (source: ManifestText, signal: AbortSignal) => Promise<ManifestReading>

/** How long the event loop is held at a time, in milliseconds. */
const sliceMs = 20
/** Texts of more than so many characters together are not remembered. */
const mostCharacters = 32 * 1024 * 1024

interface Remembered {
  readonly text: string
  readonly reading: ManifestReading
}

/** A reader that remembers what the files were the last time: reading a text costs more than all else. */
export function textReader(): TextReader {
  const remembered = new Map<string, Remembered>()
  let characters = 0

  const forget = (file: string): void => {
    characters -= remembered.get(file)?.text.length ?? 0
    remembered.delete(file)
  }
  return async (source, signal) => {
    const { text, file } = source
    const known = file === undefined ? undefined : remembered.get(file)
    if (known?.text === text) return known.reading
    const reading = await readInSlices(source, signal)
    if (file === undefined) return reading
    forget(file)
    remembered.set(file, { text, reading })
    characters += text.length
    for (const oldest of remembered.keys()) {
      if (characters <= mostCharacters) break
      forget(oldest)
    }
    return reading
  }
}

async function readInSlices(source: ManifestText, signal: AbortSignal): Promise<ManifestReading> {
  const readings: ManifestReading[] = []
  let began = performance.now()
  for (const part of documentParts(source.text)) {
    if (performance.now() - began > sliceMs) {
      await nextTurn()
      signal.throwIfAborted()
      began = performance.now()
    }
    readings.push(readManifestPart(part, source))
  }
  return {
    documents: readings.flatMap(({ documents }) => documents),
    diagnostics: readings.flatMap(({ diagnostics }) => diagnostics),
  }
}
