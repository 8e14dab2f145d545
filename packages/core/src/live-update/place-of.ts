import type { LiveUpdateSpec, SyncSpec } from '@tiltts/spec'
import { compileIgnore, isWithin, relativeTo } from '../paths/index.js'

/** What the rules of a live update say of a path. */
export type Place =
  /** The first sync that takes it in; `rank` counts syncs from 0. `below`: as seen from the sync's source, `''` for that itself. */
  | { readonly is: 'synced'; readonly sync: SyncSpec; readonly rank: number; readonly below: string }
  /** Syncs reach it, and all of them ignore it. */
  | { readonly is: 'ignored' }
  /** It lies at or under a path whose changes are to build the image. */
  | { readonly is: 'stop'; readonly stopPath: string }
  /** No sync reaches it. */
  | { readonly is: 'unmatched' }

const ignored: Place = { is: 'ignored' }
const unmatched: Place = { is: 'unmatched' }

/** The rules of a live update, made ready for many absolute paths. */
export function placesOf(spec: Pick<LiveUpdateSpec, 'syncs' | 'stopPaths'>): (path: string) => Place {
  const syncs = spec.syncs.map((sync, rank) => ({ sync, rank, ignores: compileIgnore(sync.ignores) }))
  return (path) => {
    const stopPath = spec.stopPaths.find((stop) => isWithin(path, stop))
    if (stopPath !== undefined) return { is: 'stop', stopPath }
    let reached = false
    for (const { sync, rank, ignores } of syncs) {
      const below = relativeTo(path, sync.localPath)
      if (below === undefined) continue
      if (!ignores.ignored(path)) return { is: 'synced', sync, rank, below }
      reached = true
    }
    return reached ? ignored : unmatched
  }
}
