import { InfraError } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import type { Ports } from '../../ports/ports.js'
import { fakeRecords } from '../../testing/fake-records.js'
import type { Simulation } from '../../testing/simulate.js'
import { bareWeb, held, nextSession, startWeb, target, together, web, webConfig } from './live-pods.test.support.js'

const podRef = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name })
const uidOf = (sim: Simulation, name: string): unknown => sim.kubernetes.object(podRef(name))?.metadata['uid']

/** A first session that has brought an edit into its pods, and has ended. */
async function editedBefore(options: Parameters<typeof startWeb>[0]): Promise<Simulation> {
  const first = await startWeb(options)
  await first.edit({ 'web/src/main.js': 'two' })
  await first.advance(100)
  expect(new Set(held(first))).toEqual(new Set(['two']))
  await first.stop()
  return first
}

describe('pods that were live-updated in an earlier session', () => {
  it('hold what is here again, each of them, and stay', async () => {
    const records = fakeRecords()
    const config = webConfig({ objects: [web(3)] })
    const first = await editedBefore({ records, config })
    const pods = first.kubernetes.pods()
    await nextSession(first, { 'web/src/main.js': 'one' }, { records, config })
    expect(first.kubernetes.pods()).toEqual(pods)
    expect(held(first)).toEqual(['one', 'one', 'one'])
  })

  it('are replaced by their controller when they cannot be corrected', async () => {
    const records = fakeRecords()
    const first = await editedBefore({ records })
    const [pod] = first.kubernetes.pods()
    first.kubernetes.refuseCopies(target(first), '/app/src', 'read-only file system')
    const sim = await nextSession(first, { 'web/src/main.js': 'one' }, { records })
    expect(first.kubernetes.pods()).toHaveLength(1)
    expect(first.kubernetes.pods()).not.toContain(pod)
    expect(held(first)).not.toContain('two')
    expect(sim.log('web')).toMatch(/Replacing pod web-.*read-only file system/)
  })

  it('are applied anew when they have no controller', async () => {
    const records = fakeRecords()
    const config = webConfig({ objects: [bareWeb] })
    const first = await editedBefore({ records, config })
    const before = uidOf(first, 'web')
    first.kubernetes.refuseCopies(target(first), '/app/src', 'read-only file system')
    const sim = await nextSession(first, { 'web/src/main.js': 'one' }, { records, config })
    expect(first.kubernetes.pods()).toEqual(['web'])
    expect(uidOf(first, 'web')).not.toBe(before)
    expect(held(first)).not.toContain('two')
    expect(sim.row('web')).toMatchObject({ runtimeStatus: 'ok', updateStatus: 'ok' })
  })

  it.each([
    ['with a controller', web()],
    ['without', bareWeb],
  ])('are replaced in a run of ci before it judges them: %s', async (_, object) => {
    const records = fakeRecords()
    const config = webConfig({ objects: [object] })
    const first = await editedBefore({ records, config })
    const [pod = ''] = first.kubernetes.pods()
    const before = uidOf(first, pod)
    const sim = await nextSession(first, { 'web/src/main.js': 'one' }, { records, config, command: 'ci' })
    await together(first, sim, 2_000)
    expect(sim.outcome()).toMatchObject({ exitCode: 0 })
    const [now = ''] = first.kubernetes.pods()
    expect(uidOf(first, now)).not.toBe(before)
    expect(held(first)).not.toContain('two')
  })
})

it('corrects pods again whenever a build has come out as the image that they run', async () => {
  const sim = await startWeb()
  const pods = sim.kubernetes.pods()
  for (const text of ['two', 'three']) {
    await sim.edit({ 'web/src/main.js': text })
    await sim.advance(500)
    expect(held(sim)).toEqual([text])
    // What is back as it was makes the image that there was.
    await sim.edit({ 'web/src/main.js': 'one', 'web/package.json': '{}' })
    await sim.advance(2_000)
    expect(held(sim)).toEqual(['one'])
  }
  expect(sim.kubernetes.pods()).toEqual(pods)
  expect(sim.updates('web').filter(({ status }) => status.fallback !== undefined)).toHaveLength(2)
})

/** Ports on which the first copy finds its pod gone, while watches tell so only a while later. */
function losingPod(ports: Ports, lateMs: number): Ports {
  const { kubernetes, clock } = ports
  let lost = false
  return {
    ...ports,
    kubernetes: {
      ...kubernetes,
      watch: (selection, listener) =>
        kubernetes.watch(selection, {
          ...listener,
          onChange: (change) => void clock.timer(lost ? lateMs : 0, () => listener.onChange(change)),
        }),
      async openContainer(of, signal) {
        const channel = await kubernetes.openContainer(of, signal)
        return {
          ...channel,
          async copy(entries, abort) {
            if (lost) return channel.copy(entries, abort)
            lost = true
            await kubernetes.remove(podRef(of.pod), {}, abort)
            throw new InfraError('container/channel-closed', 'kubernetes', 'the stream is closed', { retry: true })
          },
        }
      },
    },
  }
}

describe('a pod that is replaced in mid-update', () => {
  it.each([0, 300])('hands the update on to the pod in its place, when watches are %i ms late', async (lateMs) => {
    const sim = await startWeb({ ports: (ports) => losingPod(ports, lateMs) })
    const [before] = sim.kubernetes.pods()
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(5_000)
    expect(sim.kubernetes.pods()).not.toContain(before)
    expect(held(sim)).toEqual(['two'])
    expect(sim.docker.builds()).toHaveLength(1)
    expect(sim.updates('web').at(-1)?.status).toMatchObject({ phase: 'succeeded', liveUpdate: true })
  })

  it('leaves an image to be built when none takes its place', async () => {
    const sim = await startWeb({ config: webConfig({ objects: [bareWeb] }), ports: (ports) => losingPod(ports, 0) })
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(15_000)
    expect(sim.docker.builds()).toHaveLength(2)
    expect(sim.row('web')).toMatchObject({ runtimeStatus: 'ok', updateStatus: 'ok' })
  })
})
