import { describe, expect, it } from 'vitest'
import { fakeRecords } from '../../testing/fake-records.js'
import type { SimulateOptions, Simulation } from '../../testing/simulate.js'
import { simulateSession } from '../../testing/simulate.js'

const files = { 'db/Dockerfile': 'FROM busybox\nCOPY version /\nCMD ["serve"]', 'db/version': 'one' }
const after = (restart: boolean) => ({ db: { condition: 'service_started', restart } })
const composeFiles = {
  'compose.yaml': {
    services: {
      db: { image: 'shop/db' },
      api: { image: 'busybox', depends_on: after(true) },
      web: { image: 'busybox', depends_on: after(false) },
      proxy: { image: 'busybox', network_mode: 'service:db' },
    },
  },
}
const config: SimulateOptions['config'] = (c) => {
  c.compose('compose.yaml')
  c.image('shop/db', 'db')
}

async function start(options: Partial<SimulateOptions> = {}): Promise<Simulation> {
  const sim = await simulateSession({ config, files, composeFiles, ...options })
  await sim.advance(1000)
  return sim
}

const container = (sim: Simulation, service: string) => sim.compose.containersOf('project', service)[0]
const startedAt = (sim: Simulation, service: string) => container(sim, service)?.state.startedAt

describe('services that restart with another', () => {
  it('DC-10: run again when that has got a new container, and no others do', async () => {
    const sim = await start()
    const before = ['db', 'api', 'web', 'proxy'].map((name) => [container(sim, name)?.id, startedAt(sim, name)])
    await sim.edit({ 'db/version': 'two' })
    await sim.advance(1000)
    const now = ['db', 'api', 'web', 'proxy'].map((name) => [container(sim, name)?.id, startedAt(sim, name)])
    const same = (index: number) => now[index]?.map((value, part) => value === before[index]?.[part])
    expect(['db', 'api', 'web', 'proxy'].map((name) => container(sim, name)?.state.running)).toEqual(
      Array(4).fill(true),
    )
    expect(same(0)).toEqual([false, false])
    expect(same(1)).toEqual([true, false])
    expect(same(2)).toEqual([true, true])
    expect(same(3)).toEqual([false, false])
    expect(sim.log('db')).toContain('Restarting api: it restarts with db')
    expect(sim.row('api').runtimeStatus).toBe('ok')
  })

  it('DC-10: stay as they are when somebody had stopped them', async () => {
    const sim = await start()
    sim.docker.stop(container(sim, 'api')?.id ?? '')
    await sim.edit({ 'db/version': 'two' })
    await sim.advance(1000)
    expect(container(sim, 'api')?.state.running).toBe(false)
  })

  it('DC-08: are found as they should be by the next session, also in the network of another', async () => {
    const records = fakeRecords()
    const first = await start({ records })
    const ups = () => first.compose.calls().filter(({ verb }) => verb === 'up').length
    const before = ups()
    const second = await start({
      records,
      ports: (ports) => ({ ...ports, docker: first.docker, compose: first.compose }),
    })
    expect(ups()).toBe(before)
    expect(second.updates('proxy').at(-1)?.status).toMatchObject({
      phase: 'succeeded',
      skipped: expect.stringContaining('proxy'),
    })
  })

  it('DC-08: get a new container when the one whose network they share was replaced meanwhile', async () => {
    const records = fakeRecords()
    const first = await start({ records })
    const old = container(first, 'proxy')?.id
    const { docker, compose } = first
    await first.stop()
    docker.removeContainer(container(first, 'db')?.id ?? '')
    await start({ records, ports: (ports) => ({ ...ports, docker, compose }) })
    expect(container(first, 'proxy')?.id).not.toBe(old)
    expect(container(first, 'proxy')?.state.running).toBe(true)
  })
})

it('DC-01: a service of no containers has none, and is not brought up for that', async () => {
  const none = { 'compose.yaml': { services: { idle: { image: 'busybox', scale: 0 }, db: { image: 'busybox' } } } }
  const records = fakeRecords()
  const onlyCompose: SimulateOptions['config'] = (c) => c.compose('compose.yaml')
  const first = await start({ config: onlyCompose, composeFiles: none, records })
  const services = first.compose.calls().flatMap((call) => (call.verb === 'up' ? call.services : []))
  expect(services).toEqual(['db'])
  expect(first.row('idle').updateStatus).toBe('ok')
  const ci = await start({ command: 'ci', config: onlyCompose, composeFiles: none })
  await ci.advance(1000)
  expect(ci.outcome()).toMatchObject({ exitCode: 0 })
})
