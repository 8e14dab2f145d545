import { describe, expect, it } from 'vitest'
import { largestFolder, watchLimitMessage } from './watch-limit.js'

describe('largestFolder', () => {
  it('goes down as long as one folder holds most of what is below', () => {
    const folders = ['/p', '/p/src', '/p/web', '/p/web/node_modules']
    for (let index = 0; index < 10; index++) folders.push(`/p/web/node_modules/m${index}`)
    expect(largestFolder('/p', folders)).toEqual({ path: '/p/web/node_modules', folders: 11 })
  })

  it('is the watched path itself when no folder stands out, and counts nothing beside it', () => {
    expect(largestFolder('/p', ['/p', '/p/a', '/p/b', '/other/a', '/pack'])).toEqual({ path: '/p', folders: 3 })
  })
})

describe('watchLimitMessage', () => {
  it('does without the numbers that the system does not tell', () => {
    const limits = { watches: undefined, instances: undefined, queuedEvents: undefined }
    const largest = { path: '/p/a', folders: 1 }
    expect(watchLimitMessage({ code: 'ENOSPC', limits, root: '/p', refused: 1, largest })).toBe(
      'All folder watches of this user are taken (fs.inotify.max_user_watches): 1 folder below /p is looked at every second or slower instead. The largest folder is /p/a with 1 folder: ignore it if nothing in it matters, or raise the limit: sudo sysctl fs.inotify.max_user_watches=524288',
    )
  })

  it('asks for more than there is', () => {
    const limits = { watches: 1_000_000, instances: 128, queuedEvents: undefined }
    const largest = { path: '/p', folders: 9 }
    expect(watchLimitMessage({ code: 'ENOSPC', limits, root: '/p', refused: 2, largest })).toContain(
      'max_user_watches=2000000',
    )
  })
})
