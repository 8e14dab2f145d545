import { fromApiTime, type Resource, type ResourceSpec, type ResourceStatus } from '@tiltts/spec'
import type { Candidate, DependencyState, Running } from './types.js'

/** A resource as far as scheduling looks at it. */
export interface SchedulableResource {
  readonly name: string
  readonly spec: Pick<ResourceSpec, 'order' | 'type' | 'local' | 'dependencies' | 'triggerMode' | 'autoInit'>
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
 */
export function candidateOf(resource: SchedulableResource, inputsFrom: readonly string[]): Candidate | undefined {
  const { name, spec, status } = resource
  if (!wantsUpdate(spec, status)) return undefined
  return {
    name,
    order: spec.order,
    type: spec.type,
    exclusive: runsAlone(spec),
    first: !status.started,
    initial: awaitsFirstUpdate(spec, status),
    triggeredAt: status.triggered && fromApiTime(status.triggered.at),
    pendingSince: status.pendingSince === undefined ? undefined : fromApiTime(status.pendingSince),
    edges: spec.dependencies,
    inputsFrom,
    paused: status.paused && { file: status.paused.file },
  }
}

/** The resource as one whose update runs, or `undefined` when none does. */
export function runningOf({ name, spec, status }: SchedulableResource): Running | undefined {
  return status.current === undefined ? undefined : { name, exclusive: runsAlone(spec), type: spec.type }
}

/** The resource as others that depend on it see it. */
export function dependencyOf({ spec, status }: SchedulableResource): DependencyState {
  const busy = status.current !== undefined || wantsUpdate(spec, status)
  return {
    enabled: status.enabled === 'enabled',
    ready: status.ready,
    readyOnce: status.readyOnce,
    succeededOnce: status.succeededOnce,
    busy,
    idle: !status.started && !busy,
    failed: status.last === 'failed' || status.last === 'cancelled',
  }
}

/** A resource that only serves can start beside anything. */
function runsAlone({ local }: Pick<ResourceSpec, 'local'>): boolean {
  return local.cmd !== undefined && !local.allowParallel
}
