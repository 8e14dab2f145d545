import { simulateJobs } from '@tiltts/runtime/testing'
import { describe, expect, it } from 'vitest'
import { asking } from './ask.test.support.js'

const parallel = { allowParallel: true } as const

describe('GET /api/why', () => {
  it('HOLD-10: goes from a resource that waits to what all of it comes down to', async () => {
    const { sim, end } = await simulateJobs((c) => {
      c.local('db', { cmd: 'job db', ...parallel })
      c.local('off', { cmd: 'true', ...parallel, autoInit: false, triggerMode: 'manual' })
      c.local('api', { cmd: 'true', needs: ['db', 'off'], ...parallel })
      c.local('web', { cmd: 'true', needs: ['api'], ...parallel })
    })
    const ask = asking(sim)
    expect(await ask.why('web')).toMatchObject({
      resource: 'web',
      stand: 'waiting',
      waits: [
        { id: 'UIResource/web', reason: 'waiting-for-dep', on: ['UIResource/api'] },
        { id: 'UIResource/api', reason: 'waiting-for-dep', on: ['UIResource/off', 'UIResource/db'] },
        { id: 'UIResource/off', reason: 'not-triggered', message: 'not started; trigger it to start', on: [] },
        { id: 'UIResource/db', reason: 'updating', message: 'updating (Initial Build)', on: [] },
      ],
      chain: [
        { update: 'web-1', phase: 'queued', causes: [{ reason: 'initial' }], waited: [{ reason: 'waiting-for-dep' }] },
      ],
    })
    await end('db', 3)
    const { waits } = await ask.why('web')
    expect(waits.find(({ name }) => name === 'db')).toMatchObject({
      reason: 'failed',
      message: 'update failed: exit code 3',
      on: [],
    })
  })

  it('names who has the slots, the lock, and the resource itself', async () => {
    const { sim } = await simulateJobs((c) => {
      c.settings({ maxParallelUpdates: 2 })
      c.local('lock', { cmd: 'job lock', deps: ['lock'] })
      c.local('slot', { cmd: 'job slot', ...parallel })
      c.local('locked', { cmd: 'true' })
      c.local('late', { cmd: 'true', ...parallel })
    })
    const ask = asking(sim)
    expect((await ask.why('locked')).waits.map(({ id }) => id)).toEqual(['UIResource/locked', 'UIResource/lock'])
    expect((await ask.why('late')).waits.map(({ id }) => id)).toEqual([
      ...['UIResource/late', 'UIResource/lock', 'UIResource/slot'],
    ])
    sim.trigger('lock', 'cli')
    await sim.settled()
    expect(await ask.why('lock')).toMatchObject({ stand: 'updating', waits: [] })
  })

  it('follows an update over those that it follows from to the files that were edited', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.local('lib', { cmd: 'true', deps: ['lib'], ...parallel })
        c.local('api', { cmd: 'true', needs: ['rerun:lib'], ...parallel })
        c.local('web', { cmd: 'true', needs: ['rerun:api', 'rerun:lib'], ...parallel })
      },
      { files: { 'lib/a.ts': '0' } },
    )
    await sim.edit({ 'lib/a.ts': '1' })
    const { stand, waits, chain } = await asking(sim).why('api')
    expect({ stand, waits }).toEqual({ stand: 'ready', waits: [] })
    expect(chain).toMatchObject([
      {
        update: 'api-2',
        phase: 'succeeded',
        causes: [{ reason: 'dependency', resource: 'lib', update: 'lib-2', message: 'lib was updated' }],
      },
      {
        update: 'lib-2',
        causes: [{ reason: 'files', files: ['/project/lib/a.ts'], message: 'changed: /project/lib/a.ts' }],
      },
    ])
    const web = (await asking(sim).why('web')).chain.map(({ update }) => update)
    expect(new Set(web).size).toBe(web.length)
    expect(web.at(-1)).toBe('lib-2')
  })

  it('follows a new definition to the evaluation of the config and to the file of it that was edited', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true 1' }))
    await sim.reload((c) => c.local('a', { cmd: 'true 2' }))
    expect((await asking(sim).why('a')).chain).toMatchObject([
      { update: 'a-2', causes: [{ reason: 'config', update: '(Tiltfile)-2' }] },
      { update: '(Tiltfile)-2', causes: [{ reason: 'files', files: ['/project/tilt.config.ts'] }] },
    ])
    expect(await asking(sim).why('(Tiltfile)')).toMatchObject({
      stand: 'ready',
      waits: [],
      chain: [{ update: '(Tiltfile)-2' }],
    })
  })

  it('says who triggered it, that it is disabled, that it waits for a trigger', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('asked', { cmd: 'true' })
      c.local('manual', { cmd: 'true', deps: ['src'], triggerMode: 'manual' })
    })
    const ask = asking(sim)
    sim.trigger('asked', 'web')
    await sim.edit({ 'src/a': '1' })
    expect((await ask.why('asked')).chain[0]?.causes).toMatchObject([{ by: 'web', message: 'triggered by web' }])
    expect(await ask.why('manual')).toMatchObject({
      stand: 'not-triggered',
      message: 'has changes; trigger it to build them in',
      waits: [{ reason: 'not-triggered', on: [] }],
    })
    await sim.enable('asked', false)
    expect(await ask.why('asked')).toMatchObject({ stand: 'disabled', waits: [{ reason: 'disabled', on: [] }] })
  })

  it('finds the engine that does not answer', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true' }))
    sim.store.update({ by: 'test' }, (tx) => {
      tx.put('Cluster', 'docker', { connection: { docker: {} } }, { error: 'connection refused' })
      tx.status('Resource', 'a', (status) => ({
        ...status,
        pending: [{ reason: 'files', files: ['/project/a'] }],
        hold: {
          reason: 'waiting-for-cluster',
          on: [{ group: 'tilt.dev', apiVersion: 'v1alpha1', kind: 'Cluster', name: 'docker' }],
        },
      }))
    })
    expect((await asking(sim).why('a')).waits).toMatchObject([
      { id: 'UIResource/a', on: ['Cluster/docker'] },
      { id: 'Cluster/docker', reason: 'away', message: 'waiting for the Docker engine: connection refused', on: [] },
    ])
  })

  it('refuses what it does not know, and whoever has no token', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true' }))
    const ask = asking(sim)
    expect(await ask.get('/api/why?resource=b')).toMatchObject({
      status: 404,
      body: { message: 'The resource "b" does not exist. There are: a' },
    })
    expect(await ask.get('/api/why')).toMatchObject({ status: 400 })
    expect(await ask.get('/api/explain-file?path=a.ts')).toMatchObject({ status: 400 })
    expect(await ask.get('/api/timeline?resource=b')).toMatchObject({ status: 404 })
    for (const path of ['/api/why?resource=a', '/api/explain-file?path=/a', '/api/graph', '/api/timeline'])
      expect(await ask.get(path, {})).toMatchObject({ status: 403 })
  })
})
