import type { CustomImageNode, DockerImageNode, ImageNode } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import {
  customImage,
  dockerImage,
  following,
  imageSpec,
  linkServices,
  restarting,
  service,
} from './compose.test.support.js'
import { at } from './graph.test.support.js'

const api = service('api', { image: 'shop/api' })
const hashes = (node: ImageNode) => {
  const linked = linkServices([api], {
    images: [node, dockerImage('shop/base')],
    settings: { suppressUnusedImageWarnings: ['*'] },
  })
  return [imageSpec(linked, 'shop_api').definitionHash, linked.resources[0]?.spec.updateHash]
}
const differs = (before: ImageNode, now: ImageNode): boolean => {
  const [was, is] = [hashes(before), hashes(now)]
  // A resource is updated again exactly when one of its images has another definition.
  expect(was[0] === is[0]).toBe(was[1] === is[1])
  return was[0] !== is[0]
}

const liveUpdate = restarting('/shop/api', { entrypoint: ['a'] })
const docker = dockerImage('shop/api', 'FROM node', { liveUpdate, place: at(1) })
const custom = customImage('shop/api', { place: at(1), imageDeps: [{ name: 'shop/base', place: at(2) }] })
const inDocker = (more: Partial<DockerImageNode>) => differs(docker, { ...docker, ...more })
const inCustom = (more: Partial<CustomImageNode>) => differs(custom, { ...custom, ...more })
const ignores = [{ basePath: '/shop', patterns: ['x'] }]

describe('the definition of an image', () => {
  it.each<Partial<DockerImageNode>>([
    { dockerfile: { path: '/shop/api/Dockerfile', contents: 'FROM node:20' } },
    { buildArgs: { A: '1' } },
    { target: 'x' },
    { platform: 'linux/arm64' },
    { network: 'host' },
    { pull: true },
    { extraTags: ['x:1'] },
    { extraHosts: ['a:1.2.3.4'] },
    { ssh: ['default'] },
    { secrets: ['id=x,src=/y'] },
    { ignores },
    { context: '/shop' },
    { liveUpdate: restarting('/shop/api', { entrypoint: ['b'] }) },
    { liveUpdate: restarting('/shop/api', { entrypoint: ['a'], onExit: 'stay' }) },
    { liveUpdate: undefined },
  ])('EVAL-16: changes with %o', (more) => {
    expect(inDocker(more)).toBe(true)
  })

  it('EVAL-17: does not change with what is no part of the image', () => {
    expect(inDocker({ cacheFrom: ['x'] })).toBe(false)
    expect(inDocker({ place: at(9), dockerfile: { contents: 'FROM node' } })).toBe(false)
    expect(
      inDocker({ liveUpdate: { ...liveUpdate, ...following('/shop/api/src'), restart: liveUpdate.restart } }),
    ).toBe(false)
    expect(differs({ ...docker, liveUpdate: undefined }, { ...docker, liveUpdate: following('/shop/api') })).toBe(false)
  })

  it.each<Partial<CustomImageNode>>([
    { command: { argv: ['make'], display: 'make' } },
    { command: { fn: { $fn: 'x', hash: '1' }, display: 'f' } },
    { dir: '/' },
    { env: { A: '1' } },
    { tag: 'x' },
    { skipsLocalDocker: true },
    { disablePush: true },
    { outputsImageRefTo: '/shop/ref' },
    { imageDeps: [] },
  ])('EVAL-16: changes with %o of a command', (more) => {
    expect(inCustom(more)).toBe(true)
  })

  it('EVAL-17: does not change with what triggers a command, or how it is written', () => {
    expect(inCustom({ deps: ['/other'], ignores })).toBe(false)
    expect(inCustom({ command: { argv: ['sh', '-c', 'make image'], display: 'image' } })).toBe(false)
    expect(inCustom({ imageDeps: [{ name: 'shop/base', place: at(9) }] })).toBe(false)
  })
})
