import {
  type ClusterName,
  clusterName,
  fromApiTime,
  type Resource,
  type ResourceSpec,
  type ResourceStatus,
} from '@tiltts/spec'
import { wantsLiveUpdate } from './live-candidate.js'
import type { Candidate, DependencyState, Running, RuntimeFacts } from './types.js'

/** A resource as far as scheduling looks at it. */
export interface SchedulableResource {
  readonly name: string
  readonly spec: Pick<
    ResourceSpec,
    'order' | 'type' | 'local' | 'kubernetes' | 'dependencies' | 'triggerMode' | 'autoInit' | 'images'
  >
  readonly status: ResourceStatus
}

/** The store's object as the planner takes it. */
export function schedulable(resource: Resource): SchedulableResource {
  return { name: resource.metadata.name, spec: resource.spec, status: resource.status }
}

/** Whether it never started and starts by itself. */
export function awaitsFirstUpdate(spec: Pick<ResourceSpec, 'autoInit'>, status: ResourceStatus): boolean {
  return status.enabled === 'enabled' && !status.started && spec.autoInit
}

/**
 * Whether a resource wants an update: it is enabled, and it never started and starts by itself, or was triggered, or
 * has changes and takes them by itself.
 */
export function wantsUpdate(spec: Pick<ResourceSpec, 'autoInit' | 'triggerMode'>, status: ResourceStatus): boolean {
  if (status.enabled !== 'enabled') return false
  if (status.triggered !== undefined || awaitsFirstUpdate(spec, status)) return true
  return spec.triggerMode === 'auto' && status.pending.length > 0
}

/**
 * The resource as a candidate, or `undefined` when it wants no update.
 *
 * @param inputsFrom - resources whose declared outputs it reads, see `findProducers`
 * @param facts - what runs for it, see `runtimeFacts`; absent: nothing does
 */
export function candidateOf(
  resource: SchedulableResource,
  inputsFrom: readonly string[],
  facts?: RuntimeFacts | undefined,
): Candidate | undefined {
  const { name, spec, status } = resource
  if (!wantsUpdate(spec, status)) return undefined
  const goesLive = facts?.covered === true && wantsLiveUpdate(spec, status)
  return {
    name,
    order: spec.order,
    type: spec.type,
    exclusive: runsAlone(spec),
    images: imagesToBuild(spec, facts),
    live: goesLive && facts.containers === 'running',
    awaitsContainer: goesLive && facts.containers === 'coming',
    clusters: clustersOf(spec, goesLive),
    first: !status.started,
    initial: awaitsFirstUpdate(spec, status),
    triggeredAt: status.triggered && fromApiTime(status.triggered.at),
    pendingSince: status.pendingSince === undefined ? undefined : fromApiTime(status.pendingSince),
    edges: spec.dependencies,
    inputsFrom,
    paused: status.paused && { file: status.paused.file },
  }
}

/**
 * The resource as one whose update runs, or `undefined` when none does.
 *
 * @param update - how it was started: `live` as the candidate was, and its images
 */
export function runningOf(
  { name, spec, status }: SchedulableResource,
  update?: Pick<Candidate, 'live' | 'images'> | undefined,
): Running | undefined {
  if (status.current === undefined) return undefined
  const images = update?.images ?? spec.images.map((image) => image.name)
  return { name, exclusive: runsAlone(spec), type: spec.type, images, live: update?.live === true }
}

/** What builds needs the engine, what deploys needs what it deploys to; what only goes into pods needs no more than these. */
function clustersOf(
  { type, images, kubernetes }: Pick<ResourceSpec, 'type' | 'images' | 'kubernetes'>,
  goesLive: boolean,
): readonly ClusterName[] {
  const builds = type === 'docker-compose' || (images.length > 0 && !(goesLive && kubernetes !== undefined))
  return [...(builds ? [clusterName.docker] : []), ...(type === 'k8s' ? [clusterName.kubernetes] : [])]
}

function imagesToBuild({ images }: Pick<ResourceSpec, 'images'>, facts: RuntimeFacts | undefined): readonly string[] {
  return images.map((image) => image.name).filter((image) => facts?.settledImages?.has(image) !== true)
}

/** The resource as others that depend on it see it. */
export function dependencyOf({ spec, status }: SchedulableResource): DependencyState {
  const busy = status.current !== undefined || wantsUpdate(spec, status)
  return {
    enabled: status.enabled === 'enabled',
    ready: status.ready,
    readyOnce: status.readyOnce,
    succeededOnce: status.succeededOnce,
    startedOnce: status.containerStartedOnce === true,
    completedOnce: status.containerCompletedOnce === true,
    busy,
    idle: !status.started && !busy,
    failed: status.last === 'failed' || status.last === 'cancelled',
  }
}

/** What has no command, as a server or a service, can start beside anything. */
function runsAlone({ local }: Pick<ResourceSpec, 'local'>): boolean {
  return local?.cmd !== undefined && !local.allowParallel
}
