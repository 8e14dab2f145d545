import type { ImageNode } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { composeGraph, customImage, dockerImage, following, project, service } from './compose.test.support.js'
import { at, complaints, hintsOf } from './graph.test.support.js'

const projects = [project([service('api', { image: 'shop/api' })])]
const wrong = (...images: readonly ImageNode[]) => complaints(composeGraph({ images }), projects)
const hints = (...images: readonly ImageNode[]) => hintsOf(composeGraph({ images }), projects)

describe('live updates', () => {
  it('LUC-06: syncs and fallBackOn lie in the context, or in that of a base image', () => {
    const liveUpdate = {
      ...following('/shop/api', '/shop/api/src', '/shop/base/lib'),
      stopPaths: ['/shop/api/package.json'],
    }
    const base = dockerImage('shop/base')
    expect(wrong(dockerImage('shop/api', 'FROM shop/base', { liveUpdate }), base)).toEqual([])
    expect(
      wrong(dockerImage('shop/api', 'FROM node', { liveUpdate, place: at(2) }), customImage('x', { deps: [] }))[0],
    ).toBe(
      'config/live-update tilt.config.ts:2:1 `shop/api`: sync names /shop/base/lib, which is not in its context, so no change of it would be seen',
    )
  })

  it('LUC-06: says which path is wrong, and what is watched', () => {
    const liveUpdate = { ...following('/shop/ap'), stopPaths: ['/shop/Dockerfile'], place: at(4) }
    const image = customImage('shop/api', { deps: ['/shop/api', '/shop/go.mod'], liveUpdate })
    expect(wrong(image)).toEqual([
      'config/live-update tilt.config.ts:4:1 `shop/api`: sync names /shop/ap, which is not in its deps, so no change of it would be seen',
      'config/live-update tilt.config.ts:4:1 `shop/api`: fallBackOn names /shop/Dockerfile, which is not in its deps, so no change of it would be seen',
    ])
    expect(hints(image)[0]).toBe('Watched are: /shop/api, /shop/go.mod; widen its deps, or correct the path')
  })

  it('LUC-06: those of images that nothing runs are not looked at', () => {
    const base = dockerImage('shop/base', undefined, { liveUpdate: following('/elsewhere') })
    expect(wrong(dockerImage('shop/api', 'FROM shop/base'), base)).toEqual([])
  })

  it('warn of paths that ignores leave out with all below, and only of those', () => {
    const ignores = [{ basePath: '/shop/api', patterns: ['**', '!src', 'src/gen', '!src/gen/keep'] }]
    const image = (...paths: readonly string[]) =>
      dockerImage('shop/api', undefined, { ignores, liveUpdate: { ...following(...paths), place: at(4) } })
    expect(wrong(image('/shop/api', '/shop/api/src', '/shop/api/src/gen'))).toEqual([])
    const { liveUpdate: _, ...plain } = image()
    expect(wrong({ ...plain, liveUpdate: { ...following('/shop/api'), stopPaths: ['/shop/api/Dockerfile'] } })).toEqual(
      [],
    )
    expect(wrong(image('/shop/api/lib'))).toEqual([
      'warning config/live-update tilt.config.ts:4:1 `shop/api`: sync names /shop/api/lib, which its ignores leave out, so no change of it is seen',
    ])
  })
})
