import type { Diagnostic, Place } from '@tiltts/spec'

/** The places that are known, each once. */
export function placesOf(...places: readonly (Place | undefined)[]): readonly Place[] {
  const seen = new Map<string, Place>()
  for (const place of places) {
    if (place === undefined) continue
    const key = `${place.file}:${place.line}:${place.column}`
    if (!seen.has(key)) seen.set(key, place)
  }
  return [...seen.values()]
}

/** The main config first, then other files in the order they turn up; what has no place comes last. */
export function inOrderOfPlace(mainPath: string, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = new Map([[mainPath, 0]])
  for (const { places } of diagnostics) {
    const file = places[0]?.file
    if (file !== undefined && !files.has(file)) files.set(file, files.size)
  }
  const key = (place: Place | undefined): readonly [number, number, number] =>
    place === undefined ? [files.size, 0, 0] : [files.get(place.file) ?? 0, place.line, place.column]
  return [...diagnostics].sort((a, b) => {
    const [fileA, lineA, columnA] = key(a.places[0])
    const [fileB, lineB, columnB] = key(b.places[0])
    return fileA - fileB || lineA - lineB || columnA - columnB
  })
}
