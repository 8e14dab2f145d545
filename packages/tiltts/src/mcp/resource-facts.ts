import type { UIResource } from '@tiltts/spec'

/** What an agent is told of one resource. */
export interface ResourceFacts {
  readonly name: string
  readonly labels: readonly string[]
  readonly updateStatus: string
  readonly runtimeStatus: string
  readonly ready: boolean
  readonly disabled: boolean
  /** Why it is not ready, or what went wrong last. */
  readonly summary?: string
  readonly waitingFor?: string
}

export function resourceFacts({ metadata, status }: UIResource): ResourceFacts {
  const { summary, waiting } = status
  return {
    name: metadata.name,
    labels: Object.keys(metadata.labels ?? {}),
    updateStatus: status.updateStatus,
    runtimeStatus: status.runtimeStatus,
    ready: isReady({ status }),
    disabled: status.disableStatus.state === 'Disabled',
    ...(summary !== undefined && summary !== '' && { summary }),
    ...(waiting !== undefined && { waitingFor: waiting.message ?? waiting.reason }),
  }
}

/** More of one resource: links, dependencies, its last updates. */
export function resourceDetails(resource: UIResource): object {
  const { status } = resource
  return {
    ...resourceFacts(resource),
    links: status.endpointLinks.map(({ url }) => url),
    dependsOn: status.resourceDeps ?? [],
    conditions: status.conditions,
    currentUpdate: status.currentBuild,
    lastUpdates: status.buildHistory.slice(0, 3).map(({ update, startTime, finishTime, error, causes }) => ({
      update,
      startTime,
      finishTime,
      error,
      causes,
    })),
  }
}

export function isReady({ status }: Pick<UIResource, 'status'>): boolean {
  return status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True')
}

/** Whether its update or what runs for it has failed, and nothing is done about it at the moment. */
export function hasFailed({ status }: Pick<UIResource, 'status'>): boolean {
  if (status.updateStatus === 'in_progress' || status.updateStatus === 'pending') return false
  return status.updateStatus === 'error' || status.runtimeStatus === 'error'
}

/** For sorting: failed first, then what is not ready, then the rest; each in the order of the config. */
export function byUrgency(a: Pick<UIResource, 'status'>, b: Pick<UIResource, 'status'>): number {
  return urgency(a) - urgency(b) || a.status.order - b.status.order
}

function urgency(resource: Pick<UIResource, 'status'>): number {
  if (hasFailed(resource)) return 0
  return isReady(resource) || resource.status.disableStatus.state === 'Disabled' ? 2 : 1
}
