import type { KubernetesManifest, LiveUpdateSpec } from '@tiltts/spec'
import { expect, it } from 'vitest'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { type Simulation, simulateSession } from '../../testing/simulate.js'
import type { SimulatedCustomDeploy } from '../../testing/simulated-kubernetes.js'
import { held, sharing, web } from './live-pods.test.support.js'

const liveUpdate: LiveUpdateSpec = {
  syncs: [{ localPath: '/project/web/src', containerPath: '/app/src', ignores: [] }],
  runs: [],
  stopPaths: ['/project/web/src/schema.sql'],
  initialSync: false,
  place: undefined,
}
const both = [
  { name: 'main', image: 'theirs/web:7' },
  { name: 'side', image: 'theirs/side:7' },
]

/** A command deploys pods of images that are not built here. */
async function start(selector: Partial<SimulatedCustomDeploy>): Promise<{ sim: Simulation; deploys: () => number }> {
  let deploys = 0
  let cluster: Pick<Kubernetes, 'apply'> | undefined
  const sim = await simulateSession({
    config(c) {
      c.k8sCustomDeploy('web', { apply: 'deploy', remove: 'undeploy', deps: ['web'], liveUpdate, ...selector })
    },
    files: { 'web/chart.yaml': 'one', 'web/src/main.js': 'one', 'web/src/schema.sql': 'one' },
    programs: {
      async deploy(self) {
        deploys += 1
        const object: KubernetesManifest = web(1, both)
        const made = await cluster?.apply({ object, force: true }, new AbortController().signal)
        self.stdout(JSON.stringify(made))
        return 0
      },
      undeploy: () => 0,
    },
    kubernetes: sharing,
    ports(ports) {
      cluster = ports.kubernetes
      return ports
    },
  })
  await sim.advance(2_000)
  expect(sim.row('web')).toMatchObject({ updateStatus: 'ok' })
  return { sim, deploys: () => deploys }
}

it.each([
  ['its image, whatever the tag', { imageSelector: 'theirs/web' }, ['two'], [undefined]],
  ['its name', { containerSelector: 'side' }, [undefined], ['two']],
])(
  'LU-01, LU-02: a file goes into the container of what a command has deployed that is selected by %s',
  async (_, selector, main, side) => {
    const { sim, deploys } = await start(selector)
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(500)
    expect(held(sim)).toEqual(main)
    expect(held(sim, '/app/src/main.js', 'side')).toEqual(side)
    expect(deploys()).toBe(1)
  },
)

it('LU-19: a change of what the command depends on deploys anew, also when files came with it that could be synced', async () => {
  const { sim, deploys } = await start({ imageSelector: 'theirs/web' })
  await sim.edit({ 'web/src/main.js': 'two', 'web/chart.yaml': 'two' })
  await sim.advance(2_000)
  expect(deploys()).toBe(2)
  expect(sim.updates('web').at(-1)?.status.liveUpdate).toBeUndefined()
})

it('LU-05: what falls back deploys anew', async () => {
  const { sim, deploys } = await start({ imageSelector: 'theirs/web' })
  await sim.edit({ 'web/src/schema.sql': 'two' })
  await sim.advance(2_000)
  expect(deploys()).toBe(2)
})
