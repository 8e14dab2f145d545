import type { TreeEntry } from '../../ports/files.js'

/**
 * What stood still while an image was built, of what was looked at meanwhile and again at the end: only that is sure to be in
 * the image as it is here.
 *
 * @param seen looked at not before the build began, or before it
 * @returns the entries that are sure, and whether these are all
 */
export function unchangedEntries(
  seen: readonly TreeEntry[],
  after: readonly TreeEntry[],
): { readonly sure: readonly TreeEntry[]; readonly all: boolean } {
  const before = new Map(seen.map((entry) => [entry.path, entry]))
  const sure = after.filter(({ path, kind, mode, hash, changed }) => {
    const entry = before.get(path)
    if (entry === undefined || entry.kind !== kind || entry.mode !== mode || entry.hash !== hash) return false
    // That something in a folder came or went later shows by the entries themselves.
    return entry.changed === undefined && (kind === 'folder' || changed === undefined)
  })
  return { sure, all: sure.length === seen.length && sure.length === after.length }
}
