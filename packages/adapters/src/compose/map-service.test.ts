import { describe, expect, it } from 'vitest'
import type { ServiceJson } from './compose-json.js'
import { ignoreFilesOf, mapBuild, mapService } from './map-service.js'

const map = (json: ServiceJson, others: Readonly<Record<string, ServiceJson>> = {}) =>
  mapService({
    name: 'a',
    json,
    all: { a: json, ...others },
    imageName: 'shop-a',
    configHash: 'h',
    ignores: [],
    secrets: { declared: {}, env: {}, envFiles: [] },
    place: undefined,
  })

describe('mapService', () => {
  it.each([
    [{}, 'no'],
    [{ restart: 'unless-stopped' }, 'unless-stopped'],
    [{ deploy: { restart_policy: { condition: 'on-failure', max_attempts: 3 } } }, 'on-failure:3'],
    [{ deploy: { restart_policy: { condition: 'on-failure' } } }, 'on-failure'],
    [{ deploy: { restart_policy: { condition: 'any' } } }, 'always'],
    [{ deploy: { restart_policy: {} } }, 'always'],
    [{ deploy: { restart_policy: { condition: 'none' } } }, 'no'],
    [{ restart: 'no', deploy: { restart_policy: { condition: 'any' } } }, 'no'],
  ] satisfies [ServiceJson, string][])('takes the restart policy of %j to be %s', (json, restart) => {
    expect(map(json).restart).toBe(restart)
  })

  it.each([
    [{}, 1],
    [{ scale: 3 }, 3],
    [{ deploy: { replicas: 2 } }, 2],
    [{ deploy: { replicas: 0 } }, 0],
  ] satisfies [ServiceJson, number][])('takes the scale of %j to be %i', (json, scale) => {
    expect(map(json).scale).toBe(scale)
  })

  it('a health check that is switched off is none', () => {
    const checks = [{ test: ['CMD', 'true'] }, { disable: true }, { test: ['NONE'] }, {}]
    expect(checks.map((healthcheck) => map({ healthcheck }).hasHealthcheck)).toEqual([true, false, false, true])
    expect(map({ healthcheck: null }).hasHealthcheck).toBe(false)
  })

  it('an entrypoint that is cleared is another one, too', () => {
    expect([map({}), map({ entrypoint: null }), map({ entrypoint: [] })].map((one) => one.overridesEntrypoint)).toEqual(
      [false, false, true],
    )
  })

  it('DCC-11: a port of 0, and one out of a range, is open', () => {
    const ports = ['8080', '0', '8080-8090', undefined].map((published) => ({
      target: 80,
      ...(published && { published }),
    }))
    const mapped = map({ ports })
    expect(mapped.ports.map(({ published }) => published)).toEqual([8080, undefined, undefined, undefined])
    expect(mapped.mustStay).toBe(true)
    expect(map({ ports: ports.slice(0, 1) }).mustStay).toBe(false)
  })

  it('must stay when others live in its network, its processes or its memory', () => {
    for (const key of ['network_mode', 'pid', 'ipc'] as const) {
      expect(map({}, { b: { [key]: 'service:a' } }).mustStay).toBe(true)
    }
    expect(map({}, { b: { network_mode: 'service:c' } }).mustStay).toBe(false)
    expect(map({ volumes: [{ type: 'tmpfs' }] }).mustStay).toBe(true)
  })
})

describe('mapBuild', () => {
  it('DCC-09: has only the folders and files of this machine', () => {
    expect(
      mapBuild({
        context: '/shop',
        dockerfile: 'docker/a.Dockerfile',
        additional_contexts: { x: '/x', y: 'https://y' },
      }),
    ).toEqual({
      context: '/shop',
      dockerfile: '/shop/docker/a.Dockerfile',
      additionalContexts: ['/x'],
      takesMore: true,
    })
    const url = mapBuild({ context: 'https://github.com/shop/api.git' })
    expect(url).toEqual({ context: 'https://github.com/shop/api.git', dockerfile: undefined, additionalContexts: [] })
    expect(ignoreFilesOf(url)).toEqual([])
    expect(mapBuild({ context: '/shop', dockerfile_inline: 'FROM x' }).dockerfile).toBeUndefined()
  })

  it('DCC-09: looks first for the ignore file of the Dockerfile', () => {
    expect(ignoreFilesOf(mapBuild({ context: '/shop' }))).toEqual([
      '/shop/Dockerfile.dockerignore',
      '/shop/.dockerignore',
    ])
  })
})
