import { fromApiTime, type Millis, type Resource, type ResourceStatus, toApiTime } from '@tiltts/spec'
import { hasServer, isDisabled, type RuntimeParts } from './resource-view.js'
import { runtimeView } from './runtime-view.js'

/** Whether a resource is ready, and whether it could be. */
export interface Readiness {
  readonly ready: boolean
  /** What runs for it runs or is about to, also again after a failure. Always false when nothing does. */
  readonly expected: boolean
  /** A container of it was seen running, or had ended with code 0, since its first update succeeded. */
  readonly startedOnce?: boolean | undefined
  /** A container of it had ended with code 0 since then. */
  readonly completedOnce?: boolean | undefined
}

/**
 * Ready now: when nothing goes on running for it, when its last update succeeded. A server, when the process has started
 * or, with a probe, when that says so. A service, when its containers run and, with a health check, are healthy, or have
 * ended with code 0 and are not to be started again. A failed rebuild beside a server that goes on does not count: others
 * can still talk to it.
 */
export function readinessOf(view: RuntimeParts): Readiness {
  if (isDisabled(view)) return { ready: false, expected: false }
  return { ...liveliness(view), ...containersOnce(view) }
}

function liveliness(view: RuntimeParts): Readiness {
  const runtime = runtimeView(view)
  switch (runtime.is) {
    case 'none':
      return { ready: view.resource.status.last === 'succeeded', expected: false }
    case 'running':
      return { ready: runtime.ready, expected: true }
    case 'done':
      return { ready: true, expected: true }
    case 'starting':
      return { ready: false, expected: true }
    case 'ended':
      return { ready: false, expected: runtime.restarts }
    default:
      return { ready: false, expected: false }
  }
}

/** What was seen before the first update succeeded may have been the container of another definition. */
function containersOnce({ resource, service, discovery }: RuntimeParts): Partial<Readiness> {
  const seen = service ?? discovery
  if (seen === undefined || !resource.status.succeededOnce) return {}
  const { startedOnce, completedOnce } = seen.status
  return { startedOnce, completedOnce }
}

/** Writes readiness into a status, with the times at which it turned over. */
export function withReadiness(status: ResourceStatus, readiness: Readiness, now: Millis): ResourceStatus {
  const seen = withContainersOnce(status, readiness)
  if (readiness.ready) {
    if (seen.ready) return seen
    return { ...seen, ready: true, readyOnce: true, readySince: toApiTime(now), unreadySince: undefined }
  }
  const unreadySince = readiness.expected ? (seen.unreadySince ?? toApiTime(now)) : undefined
  if (!seen.ready && unreadySince === seen.unreadySince) return seen
  return { ...seen, ready: false, readySince: undefined, unreadySince }
}

function withContainersOnce(status: ResourceStatus, { startedOnce, completedOnce }: Readiness): ResourceStatus {
  const started = startedOnce === true && status.containerStartedOnce !== true
  const completed = completedOnce === true && status.containerCompletedOnce !== true
  if (!started && !completed) return status
  return {
    ...status,
    ...(started && { containerStartedOnce: true }),
    ...(completed && { containerCompletedOnce: true }),
  }
}

/**
 * When the resource's own `readyTimeout` runs out for a server or a service that is not ready; `undefined` when none does.
 * From then on its runtime status is an error.
 */
export function readyDeadline(resource: Pick<Resource, 'spec' | 'status'>): Millis | undefined {
  const { spec, status } = resource
  if (!hasServer({ resource }) || !spec.readyTimeoutMs || status.ready) return undefined
  return status.unreadySince === undefined ? undefined : fromApiTime(status.unreadySince) + spec.readyTimeoutMs
}
