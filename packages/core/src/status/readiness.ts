import { fromApiTime, type Millis, type Resource, type ResourceStatus, toApiTime } from '@tiltts/spec'
import { hasServer, isDisabled, type ResourceView } from './resource-view.js'
import { serverState } from './server-state.js'

/** Whether a resource is ready, and whether it could be. */
export interface Readiness {
  readonly ready: boolean
  /** Its server runs or is about to, also again after a failure. Always false without a server. */
  readonly expected: boolean
}

/**
 * Ready now: without a server, when its last update succeeded; with one, when the process has started or, with a probe,
 * when that says so. A failed rebuild beside a server that goes on does not count: others can still talk to it.
 */
export function readinessOf(view: Pick<ResourceView, 'resource' | 'serve'>): Readiness {
  if (isDisabled(view)) return { ready: false, expected: false }
  if (!hasServer(view)) return { ready: view.resource.status.last === 'succeeded', expected: false }
  const server = serverState(view.serve)
  if (server.is === 'running') return { ready: server.ready, expected: true }
  return { ready: false, expected: server.is === 'starting' || (server.is === 'ended' && server.restarts) }
}

/** Writes readiness into a status, with the times at which it turned over. */
export function withReadiness(status: ResourceStatus, readiness: Readiness, now: Millis): ResourceStatus {
  if (readiness.ready) {
    if (status.ready) return status
    return { ...status, ready: true, readyOnce: true, readySince: toApiTime(now), unreadySince: undefined }
  }
  const unreadySince = readiness.expected ? (status.unreadySince ?? toApiTime(now)) : undefined
  if (!status.ready && unreadySince === status.unreadySince) return status
  return { ...status, ready: false, readySince: undefined, unreadySince }
}

/**
 * When the resource's own `readyTimeout` runs out for a server that is not ready; `undefined` when none does. From then
 * on its runtime status is an error.
 */
export function readyDeadline(resource: Pick<Resource, 'spec' | 'status'>): Millis | undefined {
  const { spec, status } = resource
  if (spec.local.serve === undefined || !spec.readyTimeoutMs || status.ready) return undefined
  return status.unreadySince === undefined ? undefined : fromApiTime(status.unreadySince) + spec.readyTimeoutMs
}
