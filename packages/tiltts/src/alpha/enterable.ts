import type { Client } from '@tiltts/client'

/** A container that can be entered. */
export type Enterable = PodEnterable | ComposeEnterable

export interface PodEnterable {
  readonly type: 'pod'
  readonly resource: string
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

export interface ComposeEnterable {
  readonly type: 'compose'
  readonly resource: string
  /** Of the container, to the engine. */
  readonly id: string
  readonly container: string
}

interface Discovery {
  readonly metadata: { readonly name: string }
  readonly status?: { readonly pods?: readonly WirePod[] }
}

interface WirePod {
  readonly name: string
  readonly namespace: string
  readonly deleting?: boolean
  readonly phase?: string
  readonly containers?: readonly { readonly name: string; readonly init?: boolean }[]
}

interface Service {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly service: string }
  readonly status?: {
    readonly containerID?: string
    readonly containers?: readonly { readonly id: string; readonly state?: { readonly running?: boolean } }[]
  }
}

interface WireCluster {
  readonly metadata: { readonly name: string }
  readonly spec?: Connected
  readonly status?: Connected
}

interface Connected {
  readonly connection?: { readonly kubernetes?: { readonly context?: string } }
}

/** All containers of the session that run, those of one resource in order: of pods the newest first. */
export async function containersOf(client: Client): Promise<readonly Enterable[]> {
  const [discoveries, services] = await Promise.all([
    listed<Discovery>(client, 'kubernetesdiscoveries'),
    listed<Service>(client, 'dockercomposeservices'),
  ])
  return [...discoveries.flatMap(podsOf), ...services.flatMap(serviceOf)]
}

function podsOf({ metadata, status }: Discovery): readonly PodEnterable[] {
  const pods = (status?.pods ?? []).filter(({ deleting, phase }) => deleting !== true && phase === 'Running')
  return pods.flatMap(({ name, namespace, containers = [] }) =>
    containers
      .filter(({ init }) => init !== true)
      .map((container) => ({
        type: 'pod' as const,
        resource: metadata.name,
        namespace,
        pod: name,
        container: container.name,
      })),
  )
}

function serviceOf({ metadata, spec, status }: Service): readonly ComposeEnterable[] {
  const running = status?.containers?.filter(({ state }) => state?.running === true).map(({ id }) => id)
  const ids = running ?? (status?.containerID ? [status.containerID] : [])
  return ids.map((id) => ({ type: 'compose', resource: metadata.name, id, container: spec.service }))
}

/** The context of the kubeconfig that the session deploys to. */
export async function clusterContext(client: Client): Promise<string | undefined> {
  for (const { spec, status } of await listed<WireCluster>(client, 'clusters')) {
    const context = (status?.connection ?? spec?.connection)?.kubernetes?.context
    if (context !== undefined) return context
  }
  return undefined
}

async function listed<T>(client: Client, plural: string): Promise<readonly T[]> {
  return ((await client.read(`/apis/tilt.dev/v1alpha1/${plural}`)) as { readonly items: readonly T[] }).items
}
