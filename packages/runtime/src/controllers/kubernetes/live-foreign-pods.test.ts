import type { KubernetesManifest, LiveUpdateSpec } from '@tiltts/spec'
import { expect, it } from 'vitest'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { record, records } from '../../testing/fake-kubernetes-json.js'
import { type SimulateOptions, type Simulation, simulateSession } from '../../testing/simulate.js'
import { held, sharing, startWeb, web } from './live-pods.test.support.js'

const liveUpdate: LiveUpdateSpec = {
  syncs: [{ localPath: '/project/web/src', containerPath: '/app/src', ignores: [] }],
  runs: [],
  stopPaths: [],
  initialSync: false,
  place: undefined,
}

/** A command deploys a pod of an image that is not built here, and that has nothing but its program. */
async function start(options: Partial<SimulateOptions> = {}): Promise<{ sim: Simulation; deploys: () => number }> {
  let deploys = 0
  let cluster: Pick<Kubernetes, 'apply'> | undefined
  const sim = await simulateSession({
    config(c) {
      const imageSelector = 'theirs/web'
      c.k8sCustomDeploy('web', { apply: 'deploy', remove: 'undeploy', deps: ['web'], liveUpdate, imageSelector })
    },
    files: { 'web/src/main.js': 'one' },
    programs: {
      async deploy(self) {
        deploys += 1
        const object: KubernetesManifest = web(1, [{ name: 'main', image: 'theirs/web:7' }])
        self.stdout(JSON.stringify(await cluster?.apply({ object, force: true }, new AbortController().signal)))
        return 0
      },
      undeploy: () => 0,
    },
    kubernetes: sharing,
    ports(ports) {
      cluster = ports.kubernetes
      return ports
    },
    ...options,
  })
  sim.kubernetes.image('theirs/web:7', { takesFiles: false })
  await sim.advance(2_000)
  expect(sim.row('web')).toMatchObject({ updateStatus: 'ok' })
  return { sim, deploys: () => deploys }
}

async function edit(sim: Simulation, text: string): Promise<void> {
  await sim.edit({ 'web/src/main.js': text })
  await sim.advance(1_000)
}

const besides = (sim: Simulation) =>
  sim.kubernetes.objects('Pod').flatMap((pod) => records(record(pod['spec'])['ephemeralContainers']))

it('LU-01: a foreign image without a shell takes files in by an ephemeral container, whose image is named', async () => {
  const { sim, deploys } = await start()
  expect(besides(sim)).toEqual([])
  await edit(sim, 'two')
  expect(held(sim)).toEqual(['two'])
  await edit(sim, 'three')
  expect(held(sim)).toEqual(['three'])
  const [one, ...others] = besides(sim)
  expect(others).toEqual([])
  expect(one).toMatchObject({ targetContainerName: 'main', image: expect.stringMatching(/^tiltts-helper:amd64-/) })
  expect(sim.log('web')).toContain(`(image ${one?.['image']})`)
  expect(deploys()).toBe(1)
})

it('the image of such a container is the one that the user names', async () => {
  const { sim } = await start({ env: { TILTTS_HELPER_IMAGE: 'mine/helper:1' } })
  await edit(sim, 'two')
  expect(held(sim)).toEqual(['two'])
  expect(besides(sim)).toMatchObject([{ image: 'mine/helper:1' }])
})

it('LU-10: who may not add such a container hears it, and the update is done otherwise', async () => {
  const { sim, deploys } = await start()
  sim.kubernetes.deny({ verb: 'patch', kind: 'Pod', message: 'cannot patch resource "pods/ephemeralcontainers"' })
  await edit(sim, 'two')
  expect(sim.log('web')).toMatch(/image tiltts-helper:.*cannot patch resource "pods\/ephemeralcontainers"/)
  expect(deploys()).toBe(2)
})

it('LU-10: where its image cannot be made, it is said what to do', async () => {
  const { sim, deploys } = await start({ kubernetes: { context: { product: 'unknown', isLocal: true } } })
  await edit(sim, 'two')
  expect(sim.log('web')).toMatch(/no registry that is known.*TILTTS_HELPER_IMAGE/)
  expect(deploys()).toBe(2)
})

it('an image that is built here gets none: the next build has the edit', async () => {
  const sim = await startWeb()
  for (const pod of sim.kubernetes.objects('Pod'))
    for (const { image } of records(record(pod['spec'])['containers']))
      sim.kubernetes.image(String(image), { takesFiles: false })
  // So that no way into it is open any more.
  for (const { metadata } of sim.kubernetes.objects('Pod'))
    sim.kubernetes.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: metadata.name })
  await sim.advance(1_000)
  await edit(sim, 'two')
  expect(besides(sim)).toEqual([])
  expect(sim.log('web')).toContain('Live update not possible')
})
