import type { LiveUpdateSpec } from '@tiltts/spec'
import { containerPathOf } from './container-path.js'
import { obstacle } from './obstacle.js'
import { placesOf } from './place-of.js'
import type { LiveUpdateFile, SyncedPath } from './types.js'

/**
 * Those of all files here that a live update keeps equal in a container, with where they belong there. What only a new
 * image can take in (`fallBackOn`, the source of a sync that is a link) is left out.
 *
 * @param files all that stands at and below the sources of the syncs
 */
export function syncedFiles<F extends LiveUpdateFile>(
  spec: Pick<LiveUpdateSpec, 'syncs' | 'stopPaths'>,
  files: readonly F[],
): readonly (SyncedPath & { readonly file: F })[] {
  const placeOf = placesOf(spec)
  return files.flatMap((file) => {
    const place = placeOf(file.path)
    if (place.is !== 'synced') return []
    if (obstacle(file.path, place, file.state) !== undefined) return []
    return [
      { localPath: file.path, containerPath: containerPathOf(place.sync, place.below, file.state === 'folder'), file },
    ]
  })
}
