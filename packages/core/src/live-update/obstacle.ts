import type { Place } from './place-of.js'
import type { LiveUpdateFile } from './types.js'

/** Why a live update cannot take a path in, for people; `undefined`: it can, or need not. */
export function obstacle(path: string, place: Place, state?: LiveUpdateFile['state']): string | undefined {
  switch (place.is) {
    case 'stop':
      return place.stopPath === path
        ? `${path} is named by fallBackOn`
        : `${path} lies under ${place.stopPath}, which fallBackOn names`
    case 'unmatched':
      return `no sync takes in ${path}`
    case 'ignored':
      return undefined
    case 'synced':
      if (place.below !== '') return undefined
      // Whether a file or a folder should go from the container cannot be told any more.
      if (state === 'gone') return `${path}, the source of a sync, is gone`
      // Copied as it is, it would point to nowhere there.
      return state === 'link' ? `${path}, the source of a sync, is a link that points elsewhere now` : undefined
  }
}
