import { describe, expect, test } from 'vitest'
import { image, liveUpdate, sync } from './live-update.test.support.js'
import { filesOfImage, hasLiveUpdate, liveUpdateCovers } from './live-update-covers.js'

const spec = liveUpdate([sync('/app/src', '/srv')], { stopPaths: ['/app/src/schema'] })

describe('whether changes can go into running containers', () => {
  test('LU-05: they can when each file is taken in by a sync', () => {
    expect(liveUpdateCovers([image('api', ['/app'], spec)], ['/app/src/a', '/app/src/b/c'])).toEqual({ covered: true })
  })

  test('LU-05: one file that no sync takes in, or that wants a new image, is enough to build', () => {
    const api = [image('api', ['/app'], spec)]
    expect(liveUpdateCovers(api, ['/app/src/a', '/app/Dockerfile'])).toEqual({
      covered: false,
      reason: 'no sync takes in /app/Dockerfile',
      file: '/app/Dockerfile',
    })
    expect(liveUpdateCovers(api, ['/app/src/schema/a'])).toMatchObject({
      covered: false,
      reason: '/app/src/schema/a lies under /app/src/schema, which fallBackOn names',
    })
  })

  test('files that no image is built from do not count', () => {
    expect(liveUpdateCovers([image('api', ['/app'], spec)], ['/elsewhere/a', '/application/b'])).toEqual({
      covered: true,
    })
  })

  test('what a sync ignores is covered', () => {
    const ignoring = liveUpdate([sync('/app', '/srv', 'tmp')])
    expect(liveUpdateCovers([image('api', ['/app'], ignoring)], ['/app/tmp/a'])).toEqual({ covered: true })
  })

  test('a file of an image that has no live update is not', () => {
    expect(liveUpdateCovers([image('api', ['/app'])], ['/app/a'])).toEqual({
      covered: false,
      reason: 'image api has no live update',
      file: '/app/a',
    })
  })

  test('LU-23: a file of a base goes through the live update of the image that runs, not through the base’s own', () => {
    const base = { ...image('base', ['/lib'], liveUpdate([sync('/lib', '/nowhere')])), deployed: false }
    const through = liveUpdate([sync('/app', '/srv'), sync('/lib', '/srv/lib')])
    expect(liveUpdateCovers([base, image('api', ['/app', '/lib'], through)], ['/lib/a'])).toEqual({ covered: true })
    expect(liveUpdateCovers([base, image('api', ['/app', '/lib'], spec)], ['/lib/a'])).toMatchObject({
      covered: false,
      reason: 'no sync takes in /lib/a',
    })
  })

  test('a file of several images has to be taken in by each that runs', () => {
    const both = (syncs: Parameters<typeof liveUpdate>[0]) =>
      liveUpdateCovers(
        [image('api', ['/app', '/lib'], liveUpdate([sync('/lib', '/l')])), image('web', ['/lib'], liveUpdate(syncs))],
        ['/lib/a'],
      )
    expect(both([sync('/lib', '/m')]).covered).toBe(true)
    expect(both([sync('/app', '/m')]).covered).toBe(false)
  })

  test('whatever the order of the files, the same one is named', () => {
    const files = ['/app/c', '/app/a', '/app/b']
    for (const order of [files, files.toReversed(), files.toSorted()])
      expect(liveUpdateCovers([image('api', ['/app'], spec)], order)).toMatchObject({ file: '/app/a' })
  })
})

test('the files of an image are those at and below its inputs', () => {
  expect(filesOfImage({ inputs: ['/app', '/conf.json'] }, ['/app/a', '/apple', '/conf.json', '/app'])).toEqual([
    '/app/a',
    '/conf.json',
    '/app',
  ])
})

test('images have a live update when one that runs has', () => {
  expect(hasLiveUpdate([image('api', [])])).toBe(false)
  expect(hasLiveUpdate([{ ...image('base', [], spec), deployed: false }])).toBe(false)
  expect(hasLiveUpdate([image('web', []), image('api', [], spec)])).toBe(true)
})
