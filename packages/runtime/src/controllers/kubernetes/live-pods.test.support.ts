import type { KubernetesManifest } from '@tiltts/spec'
import type { PodContainerRef } from '../../ports/kubernetes.js'
import { type SimulateOptions, type Simulation, simulateSession } from '../../testing/simulate.js'
import type { SimulatedLiveUpdate } from '../../testing/simulated-config.js'
import type { SimulatedK8sResource } from '../../testing/simulated-kubernetes.js'

export type Config = SimulateOptions['config']
export type Containers = readonly { readonly name: string; readonly image: string }[]

const mainOnly: Containers = [{ name: 'main', image: 'shop/web' }]

/** A Deployment `web` whose containers run for ever. */
export const web = (replicas = 1, containers: Containers = mainOnly): KubernetesManifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: containers.map((one) => ({ ...one, command: ['serve'] })) },
    },
  },
})

/** A Pod `web` that nothing makes again. */
export const bareWeb: KubernetesManifest = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: mainOnly.map((one) => ({ ...one, command: ['serve'] })) },
}

export const files = {
  'web/Dockerfile': 'FROM busybox\nCOPY src /app/src\nCMD ["serve"]',
  'web/src/main.js': 'one',
  'web/package.json': '{}',
}
export const containerPrograms = { install: () => 0 }

/** Runs the images of the engine here, so that nothing is pushed. */
export const sharing = { context: { product: 'docker-desktop' }, info: { runtime: 'docker' } } as const

export const liveUpdate: SimulatedLiveUpdate = {
  syncs: { 'web/src': '/app/src' },
  runs: { install: [] },
  stop: ['web/package.json'],
}

export interface WebOptions {
  readonly objects?: readonly KubernetesManifest[]
  readonly liveUpdate?: Partial<SimulatedLiveUpdate>
  readonly resource?: SimulatedK8sResource
}

export const webConfig =
  ({ objects = [web()], liveUpdate: more, resource }: WebOptions = {}): Config =>
  (c) => {
    c.manifests(objects)
    c.image('shop/web', 'web', { liveUpdate: { ...liveUpdate, ...more } })
    if (resource !== undefined) c.k8sResource('web', resource)
  }

export async function startWeb(options: Partial<SimulateOptions> = {}): Promise<Simulation> {
  const { kubernetes } = options
  const sim = await simulateSession({
    config: webConfig(),
    files,
    containerPrograms,
    ...options,
    kubernetes: { ...sharing, ...kubernetes },
  })
  await sim.advance(1_000)
  return sim
}

/** Another session on the cluster and the engine of one that has stopped. What is copied comes from the files of the first. */
export async function nextSession(
  first: Simulation,
  changed: Readonly<Record<string, string>>,
  options: Partial<SimulateOptions>,
): Promise<Simulation> {
  for (const [path, text] of Object.entries(changed)) first.files.write(`/project/${path}`, text)
  const { kubernetes, docker } = first
  const sim = await simulateSession({
    config: webConfig(),
    files: { ...files, ...changed },
    containerPrograms,
    ...options,
    ports: (ports) => ({ ...ports, kubernetes, docker }),
  })
  await together(first, sim, 3_000)
  return sim
}

/** Lets the time of two sessions go on. */
export async function together(first: Simulation, sim: Simulation, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    await sim.advance(100)
    await first.advance(100)
  }
}

export const target = (sim: Simulation, index = 0, container = 'main'): PodContainerRef => ({
  namespace: 'default',
  pod: sim.kubernetes.pods()[index] ?? '',
  container,
})

/** What each pod holds at a path. */
export const held = (sim: Simulation, path = '/app/src/main.js', container = 'main'): readonly (string | undefined)[] =>
  sim.kubernetes.pods().map((pod) => sim.kubernetes.filesOf({ namespace: 'default', pod, container })[path])
