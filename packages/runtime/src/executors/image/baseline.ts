import { isWithin } from '@tiltts/core/paths'
import type { ImageSpec } from '@tiltts/spec'
import type { TreeEntry } from '../../ports/files.js'
import { hashOfEntry, heldAs } from '../live-update/held-as.js'

/** Of all that an image is built from, what its live update follows, folders, too: what a fresh container holds. */
export function baselineOf(spec: ImageSpec, entries: readonly TreeEntry[]): Readonly<Record<string, string>> {
  const { liveUpdate } = spec.node
  if (liveUpdate === undefined) return {}
  const followed = entries.filter(({ path }) => liveUpdate.syncs.some(({ localPath }) => isWithin(path, localPath)))
  return Object.fromEntries(
    followed.map((entry) => [entry.path, heldAs(hashOfEntry(entry), entry.kind === 'file' ? entry.mode : undefined)]),
  )
}
