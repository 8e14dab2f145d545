import { simulateJobs, simulateSession } from '@tiltts/runtime/testing'
import { describe, expect, it } from 'vitest'
import { asking } from './ask.test.support.js'

const parallel = { allowParallel: true } as const

describe('GET /api/graph', () => {
  it('has every resource with its state, every edge, and who holds up whom', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.local('gen', { cmd: 'true', outputs: ['gen'], ...parallel })
        c.local('db', { cmd: 'false', ...parallel })
        c.local('api', { cmd: 'true', needs: ['db'], deps: ['gen'], ...parallel })
        c.local('web', { cmd: 'true', needs: ['api'], ...parallel })
      },
      { programs: { false: () => 1 } },
    )
    const graph = await asking(sim).graph()
    expect(graph.nodes.map(({ resource, stand, blocks }) => ({ resource, stand, blocks }))).toEqual([
      { resource: 'gen', stand: 'ready', blocks: [] },
      { resource: 'db', stand: 'failed', blocks: ['api', 'web'] },
      { resource: 'api', stand: 'waiting', blocks: [] },
      { resource: 'web', stand: 'waiting', blocks: [] },
    ])
    expect(graph.edges).toEqual([
      { from: 'api', to: 'db', edge: 'first', waits: true },
      { from: 'api', to: 'gen', edge: 'output', waits: false },
      { from: 'web', to: 'api', edge: 'first', waits: true },
    ])
    const blockers = await asking(sim).graph('?blockers=1')
    expect(blockers.nodes.map(({ resource }) => resource)).toEqual(['db', 'api', 'web'])
    expect(blockers.edges.every(({ waits }) => waits)).toBe(true)
  })
})

describe('GET /api/timeline', () => {
  it('splits each update into what it waited for and what it did, and finds the critical path', async () => {
    const sim = await simulateSession({
      config: (c) => {
        c.local('db', { cmd: 'work 300', ...parallel })
        c.local('side', { cmd: 'work 100', ...parallel })
        c.local('api', { cmd: 'work 500', needs: ['db', 'side'], ...parallel })
      },
      programs: { work: (self) => self.clock.sleep(Number(self.argv[1])) },
    })
    await sim.advance(1000)
    const { updates, criticalPath, criticalMs } = await asking(sim).timeline()
    expect(updates.map(({ update }) => update)).toEqual(['(Tiltfile)-1', 'db-1', 'side-1', 'api-1'])
    const api = updates.find(({ update }) => update === 'api-1')
    expect(api).toMatchObject({
      ...{ phase: 'succeeded', reason: 'Initial Build' },
      parts: [
        { phase: 'queue', name: 'waiting for db (not ready), side (not ready)', ms: 100 },
        { phase: 'queue', name: 'waiting for db (not ready)', ms: 200 },
        { phase: 'build', name: 'cmd', ms: 500 },
      ],
    })
    expect(api?.readyAt).toBe(api?.finishTime)
    expect(criticalPath.map(({ update, phase, ms }) => [update, phase, ms])).toEqual([
      ['db-1', 'build', 300],
      ['api-1', 'build', 500],
    ])
    expect(criticalMs).toBe(800)
    expect((await asking(sim).timeline('?resource=db')).updates.map(({ update }) => update)).toEqual(['db-1'])
  })

  it('tells looking at an image from building it, and deploying it', async () => {
    const sim = await simulateSession({
      config: (c) => {
        c.compose('compose.yaml')
        c.image('shop/api', 'api')
      },
      files: { 'api/Dockerfile': 'FROM busybox\nRUN compile api\nCMD ["serve"]' },
      composeFiles: { 'compose.yaml': { services: { api: { image: 'shop/api' } } } },
      containerPrograms: { compile: (self) => self.clock.sleep(1000) },
    })
    await sim.advance(3000)
    const { updates } = await asking(sim).timeline('?resource=api')
    expect(updates[0]?.parts.map(({ phase, name }) => [phase, name])).toEqual(
      expect.arrayContaining([
        ['hash', 'image shop/api'],
        ['build', 'image shop/api'],
        ['apply', 'deploy'],
      ]),
    )
    const built = updates[0]?.parts.find(({ phase }) => phase === 'build')
    expect(built?.ms).toBeGreaterThanOrEqual(1000)
    expect(updates[0]?.readyAt).toBeDefined()
  })
})
