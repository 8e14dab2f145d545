import type {
  Cmd,
  ConfigMap,
  DockerComposeService,
  KubernetesApply,
  KubernetesDeploy,
  KubernetesDiscovery,
  PortForward,
  Resource,
  Update,
} from '@tiltts/spec'

/** The objects that make up one row. */
export interface ResourceView {
  readonly resource: Resource
  /** `<name>:serve`, when it has a server. */
  readonly serve?: Cmd | undefined
  /** Its service, when it is one. */
  readonly service?: DockerComposeService | undefined
  /** What was found of it in the cluster, and the ports that lead there, when it is deployed to Kubernetes. */
  readonly discovery?: KubernetesDiscovery | undefined
  readonly forward?: PortForward | undefined
  /** What was deployed there. */
  readonly apply?: KubernetesApply | undefined
  /** Its updates that are still there, running or ended, in any order. */
  readonly updates: readonly Update[]
  /** The ConfigMap that enables or disables it. */
  readonly disableMap?: ConfigMap | undefined
}

/** What tells of what runs for a resource. */
export type RuntimeParts = Pick<ResourceView, 'resource' | 'serve' | 'service' | 'discovery'>

export function isDisabled({ resource }: Pick<ResourceView, 'resource'>): boolean {
  return resource.status.enabled === 'disabled'
}

/** Whether something goes on running for it after its update: a server, or containers. */
export function hasServer({ resource }: { readonly resource: Pick<Resource, 'spec'> }): boolean {
  const { spec } = resource
  switch (spec.type) {
    case 'local':
      return spec.local.serve !== undefined
    case 'docker-compose':
      return spec.compose.service.scale > 0
    case 'k8s':
      return hasPods(spec.kubernetes)
  }
}

/** Whether pods are waited for, or objects that the user judges. */
function hasPods({ podReadiness, readyWhen }: KubernetesDeploy): boolean {
  return podReadiness !== 'ignore' || readyWhen !== undefined
}

/** Only serves: its update is the start of the server. */
export function onlyServes({ resource }: { readonly resource: Pick<Resource, 'spec'> }): boolean {
  const { local } = resource.spec
  return local?.serve !== undefined && local.cmd === undefined
}

/** The update that runs now. */
export function currentUpdate({ resource, updates }: ResourceView): Update | undefined {
  const name = resource.status.current
  return name === undefined ? undefined : updates.find((update) => update.metadata.name === name)
}

/** The update that ended last. */
export function lastUpdate({ resource, updates }: ResourceView): Update | undefined {
  const name = resource.status.history[0]
  return name === undefined ? undefined : updates.find((update) => update.metadata.name === name)
}
