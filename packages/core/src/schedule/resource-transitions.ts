import { fromApiTime, type Millis, type ResourceStatus, toApiTime, type UpdateCause } from '@tiltts/spec'
import { addCause, filesCause } from './causes.js'

/** So many ended updates of a resource are named in its status. */
const historyLength = 10

/** Where a resource stands before anything happened to it. */
export function initialResourceStatus(enabled: boolean): ResourceStatus {
  return {
    pending: [],
    history: [],
    started: false,
    succeededOnce: false,
    readyOnce: false,
    ready: false,
    enabled: enabled ? 'enabled' : 'disabled',
  }
}

/** Something to be built in: it waits until the next update starts. `at` is when it happened. */
export function changed(status: ResourceStatus, cause: UpdateCause, at: Millis): ResourceStatus {
  if (status.enabled !== 'enabled') return status
  const earliest = status.pendingSince === undefined ? at : Math.min(at, fromApiTime(status.pendingSince))
  return { ...status, pending: addCause(status.pending, cause), pendingSince: toApiTime(earliest) }
}

/**
 * Watched files changed. Files that the running update took in already are left out: their change was seen before it
 * started and is only reported late.
 *
 * @param running - the update that runs now, with what it was started for
 */
export function filesChanged(
  status: ResourceStatus,
  event: { readonly files: readonly string[]; readonly at: Millis },
  running?: { readonly startedAt: Millis; readonly causes: readonly UpdateCause[] } | undefined,
): ResourceStatus {
  const taken = new Set<string>()
  if (running !== undefined && event.at < running.startedAt)
    for (const cause of running.causes) for (const file of cause.files ?? []) taken.add(file)
  const files = event.files.filter((file) => !taken.has(file))
  return files.length === 0 ? status : changed(status, filesCause(files), event.at)
}

/** Queues an update that somebody asked for. While one is queued, asking again changes nothing. Ends a pause. */
export function triggered(status: ResourceStatus, update: string, at: Millis): ResourceStatus {
  if (status.enabled !== 'enabled' || status.triggered !== undefined) return status
  return { ...status, triggered: { update, at: toApiTime(at) }, paused: undefined }
}

/** An update starts: it takes in all that waits, whether it will succeed or not. */
export function updateStarted(status: ResourceStatus, update: string): ResourceStatus {
  return {
    ...status,
    pending: [],
    pendingSince: undefined,
    triggered: undefined,
    hold: undefined,
    paused: undefined,
    stopped: undefined,
    current: update,
    started: true,
  }
}

/** An update came to its end. A failed one is not tried again until something changes or somebody asks. */
export function updateEnded(
  status: ResourceStatus,
  update: string,
  outcome: 'succeeded' | 'failed' | 'cancelled',
): ResourceStatus {
  if (status.current !== update) return status
  return {
    ...status,
    current: undefined,
    history: [update, ...status.history].slice(0, historyLength),
    last: outcome,
    succeededOnce: status.succeededOnce || outcome === 'succeeded',
  }
}

/**
 * Switches a resource on or off. Either way it is as if it had never been built: queue, changes and history are gone.
 * An update that still runs is to be cancelled by the caller.
 */
export function switched(status: ResourceStatus, enabled: boolean): ResourceStatus {
  return (status.enabled === 'enabled') === enabled ? status : initialResourceStatus(enabled)
}
