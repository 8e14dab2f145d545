import type { WatchRequest } from '@tiltts/runtime/ports'
import { entriesBelow } from './below.js'
import { inSlices } from './slices.js'
import { linkStats, targetStats } from './stat.js'

/** So many entries are looked at, at most: some 20 ms of work. In a larger tree a change of its first moments may be missed. */
const mostEntries = 4_000

/**
 * Tells of files that were written or renamed after a moment, as their change times have it: what came after somebody began to
 * care, and before the watch was ready.
 *
 * @param since milliseconds since the epoch
 */
export async function changedSince(
  paths: readonly string[],
  since: number,
  { prunes }: Pick<WatchRequest, 'prunes'>,
  found: (path: string) => void,
): Promise<void> {
  function* look(): Generator<void> {
    let left = mostEntries
    for (const path of paths) {
      const stats = targetStats(path)
      if (stats === undefined) continue
      if (!stats.isDirectory()) {
        if (stats.ctimeMs > since) found(path)
        yield
        continue
      }
      // A folder that may not be read was said to be so when the watch was made.
      for (const entry of entriesBelow(path, prunes, () => {})) {
        if (--left < 0) return
        if (!entry.isFolder && (linkStats(entry.path)?.ctimeMs ?? 0) > since) found(entry.path)
        yield
      }
    }
  }
  await inSlices(look())
}
