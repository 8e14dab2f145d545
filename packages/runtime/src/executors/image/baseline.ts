import { isWithin } from '@tiltts/core/paths'
import type { ImageSpec } from '@tiltts/spec'
import type { TreeEntry } from '../../ports/files.js'
import { heldAs } from '../live-update/held-as.js'

/** Of all that an image is built from, the files that its live update follows: what a fresh container holds. */
export function baselineOf(spec: ImageSpec, entries: readonly TreeEntry[]): Readonly<Record<string, string>> {
  const { liveUpdate } = spec.node
  if (liveUpdate === undefined) return {}
  const followed = entries.filter(
    ({ kind, path }) => kind !== 'folder' && liveUpdate.syncs.some(({ localPath }) => isWithin(path, localPath)),
  )
  return Object.fromEntries(
    followed.map(({ path, kind, hash, mode }) => [path, heldAs(hash, kind === 'file' ? mode : undefined)]),
  )
}
