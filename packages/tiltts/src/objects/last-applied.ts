import { type ApiDocument, isObject } from './api-document.js'

/** Where kubectl keeps what was applied last, so that whoever applies next knows what is no longer said. */
const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** An object with a note of itself, as it is to be stored. */
export function withLastApplied(document: ApiDocument): ApiDocument {
  const { [annotation]: _old, ...annotations } = document.metadata.annotations ?? {}
  const plain = { ...document, metadata: { ...document.metadata, annotations } }
  const note = `${JSON.stringify(plain)}\n`
  return { ...plain, metadata: { ...plain.metadata, annotations: { ...annotations, [annotation]: note } } }
}

/** What was applied last to an object; `{}` when nothing was, or the note cannot be read. */
export function lastAppliedOf(live: ApiDocument): Readonly<Record<string, unknown>> {
  const note = live.metadata.annotations?.[annotation]
  if (note === undefined) return {}
  try {
    const value: unknown = JSON.parse(note)
    return isObject(value) ? value : {}
  } catch {
    // Whoever wrote it meant something else: then nothing is known to have been dropped.
    return {}
  }
}
