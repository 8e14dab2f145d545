import { type Simulation, simulateJobs, simulateSession } from '@tiltts/runtime/testing'
import type { EditEffect } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { asking } from './ask.test.support.js'

const path = (name: string): string => `/project/${name}`

describe('GET /api/explain-file', () => {
  it('says the same as what then happens', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.read('settings.json')
        c.local('auto', {
          cmd: 'true',
          deps: ['src'],
          ignore: ['src/*.log', '!src/keep.log'],
        })
        c.local('manual', { cmd: 'true', deps: ['src', 'other'], triggerMode: 'manual' })
        c.local('writer', { cmd: 'true', deps: ['gen'], outputs: ['gen/out'] })
        c.local('off', { cmd: 'true', deps: ['off'] })
        c.local('serves', { serveCmd: 'serve', deps: ['srv'] })
      },
      { files: { 'settings.json': '{}' } },
    )
    await sim.enable('off', false)
    const ask = asking(sim)
    const names = ['auto', 'manual', 'writer', 'off', 'serves']
    const files = [
      ...['src/a.ts', 'src/a.log', 'src/keep.log', 'src/a.ts~', 'other/x', 'gen/in', 'gen/out/x', 'off/x', 'srv/x'],
      ...['settings.json', 'nobody/x'],
    ]
    for (const file of files) {
      const said = await ask.file(path(file))
      const before = names.map((name) => sim.updates(name).length)
      const evaluations = sim.configHost.evaluations
      await sim.edit({ [file]: `new text of ${file}` })
      const effect = (name: string, index: number): EditEffect => {
        if (sim.updates(name).length > (before[index] ?? 0)) return 'update'
        const pending = sim.resource(name).pending.flatMap((cause) => cause.files ?? [])
        return pending.includes(path(file)) ? 'needs-trigger' : 'nothing'
      }
      const happened = names.map((name, index) => [name, effect(name, index)])
      const told = new Map(said.resources.map((one) => [one.resource, one.effect]))
      expect([file, names.map((name) => [name, told.get(name) ?? 'nothing'])]).toEqual([file, happened])
      expect([file, said.config.reloads]).toEqual([file, sim.configHost.evaluations > evaluations])
    }
  })

  it('IGN-07: names the rule that takes a path away, and where it comes from', async () => {
    const { sim } = await simulateJobs((c) => {
      c.graph({ watchIgnores: [{ basePath: '/project', patterns: ['**/node_modules'] }] })
      c.local('a', { cmd: 'true', deps: ['src'], ignore: ['src/*.log'] })
      c.local('w', { cmd: 'true', deps: ['src'], outputs: ['src/gen'] })
    })
    const ask = asking(sim)
    const by = async (file: string, resource: string) => {
      const { resources } = await ask.file(path(file))
      return resources.find((one) => one.resource === resource)?.watches[0]?.ignored
    }
    expect(await by('src/x.log', 'a')).toMatchObject({
      ...{ pattern: 'src/*.log', folder: '/project', origin: 'ignore of a' },
      place: { file: path('tilt.config.ts'), line: 1 },
    })
    expect(await by('src/x.log', 'w')).toBeUndefined()
    expect(await by('src/gen/x', 'w')).toMatchObject({ pattern: 'gen', origin: 'outputs of w' })
    expect(await by('src/node_modules/x', 'a')).toMatchObject({ pattern: '**/node_modules', origin: 'watchSettings' })
    expect(await by('src/.a.swp', 'a')).toMatchObject({ origin: 'files that tools make for a moment' })
    expect(await ask.file(path('elsewhere'))).toMatchObject({ message: 'nothing depends on it', resources: [] })
  })

  it('LU-10: tells where a live update brings a file, what runs then, and why another builds the image', async () => {
    const sim = await liveSession()
    const ask = asking(sim)
    const cases: readonly (readonly [string, EditEffect, object])[] = [
      ['api/src/main.js', 'live-update', { rule: 'sync', containerPath: '/app/src/main.js' }],
      ['api/Makefile', 'image-build', { rule: 'none' }],
    ]
    for (const [file, effect, hit] of cases) {
      const said = await ask.file(path(file))
      expect(said.resources).toMatchObject([{ resource: 'api', effect, liveUpdates: [hit] }])
      const [told] = said.resources
      await sim.edit({ [file]: `new text of ${file}` })
      await sim.advance(3000)
      const update = sim.updates('api').at(-1)
      expect(update?.spec.causes).toMatchObject([{ files: [path(file)] }])
      expect([file, update?.status.liveUpdate === true]).toEqual([file, effect === 'live-update'])
      if (effect === 'image-build') expect(told?.fallback).toBe(`no sync takes in ${path(file)}`)
    }
  })
})

function liveSession(): Promise<Simulation> {
  return simulateSession({
    config: (c) => {
      c.compose('compose.yaml')
      c.image('shop/api', 'api', { liveUpdate: { syncs: { 'api/src': '/app/src' } } })
    },
    files: {
      'api/Dockerfile': 'FROM busybox\nCOPY src /app/src\nCMD ["serve"]',
      'api/src/main.js': 'one',
      'api/Makefile': '',
    },
    composeFiles: { 'compose.yaml': { services: { api: { image: 'shop/api' } } } },
  }).then(async (sim) => {
    await sim.advance(3000)
    return sim
  })
}
