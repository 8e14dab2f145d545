import { fromApiTime, type Millis, type ResourceStatus, toApiTime, type UpdateCause } from '@tiltts/spec'
import { addCause, filesCause } from './causes.js'
import { sortedUnion } from './sorted-union.js'

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

/** An update under way, with what it was started for. */
export interface UpdateUnderway {
  readonly startedAt: Millis
  readonly causes: readonly UpdateCause[]
  /** All its files, where `causes` may not name all. */
  readonly files?: readonly string[] | undefined
}

/**
 * Watched files changed. Files that the running update took in already are left out: their change was seen before it
 * started and is only reported late.
 *
 * @param running - the update that runs now
 * @param keepAll - whether all files are kept by name, as `pendingFiles`: for resources with images
 */
export function filesChanged(
  status: ResourceStatus,
  event: { readonly files: readonly string[]; readonly at: Millis },
  running?: UpdateUnderway | undefined,
  keepAll = false,
): ResourceStatus {
  const taken = new Set<string>()
  if (running !== undefined && event.at < running.startedAt) {
    for (const file of running.files ?? []) taken.add(file)
    for (const cause of running.causes) for (const file of cause.files ?? []) taken.add(file)
  }
  const files = taken.size === 0 ? event.files : event.files.filter((file) => !taken.has(file))
  if (files.length === 0 || status.enabled !== 'enabled') return status
  const next = changed(status, filesCause(files), event.at)
  return keepAll ? { ...next, pendingFiles: sortedUnion(status.pendingFiles ?? [], files) } : next
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
    pendingFiles: undefined,
    fallback: undefined,
    triggered: undefined,
    hold: undefined,
    paused: undefined,
    stopped: undefined,
    current: update,
    started: true,
  }
}

/**
 * An update came to its end. A failed one is not tried again until something changes or somebody asks.
 *
 * @param liveStepFailed - it failed by a command in a container, after that had got its files
 */
export function updateEnded(
  status: ResourceStatus,
  update: string,
  outcome: 'succeeded' | 'failed' | 'cancelled',
  liveStepFailed = false,
): ResourceStatus {
  if (status.current !== update) return status
  const { liveStepFailed: _, ...rest } = status
  return {
    ...rest,
    current: undefined,
    history: [update, ...status.history].slice(0, historyLength),
    last: outcome,
    succeededOnce: status.succeededOnce || outcome === 'succeeded',
    ...(liveStepFailed && { liveStepFailed }),
  }
}

/**
 * A running update goes back into the queue, as when the engine it needs went away, or its changes did not fit into
 * running containers: what it was started for waits again, with what has changed since. It counts as never started; a
 * trigger that came meanwhile stays the one that is queued.
 *
 * @param before - the status that the update was started from
 * @param fallback - why changes did not fit, see {@link ResourceStatus.fallback}
 */
export function updateTakenBack(
  status: ResourceStatus,
  update: string,
  before: ResourceStatus,
  fallback: string | undefined = before.fallback,
): ResourceStatus {
  if (status.current !== update) return status
  const files = [before.pendingFiles, status.pendingFiles].filter((list) => list !== undefined)
  return {
    ...status,
    current: undefined,
    pending: status.pending.reduce(addCause, before.pending),
    // API times sort as text.
    pendingSince: [before.pendingSince, status.pendingSince].filter((time) => time !== undefined).toSorted()[0],
    pendingFiles: files.length === 0 ? undefined : files.reduce(sortedUnion, []),
    fallback,
    triggered: status.triggered ?? before.triggered,
    queued: status.triggered === undefined ? update : (status.queued ?? update),
    started: before.started,
    paused: status.paused ?? before.paused,
    stopped: before.stopped,
  }
}

/**
 * Switches a resource on or off. Either way it is as if it had never been built: queue, changes and history are gone.
 * An update that still runs is to be cancelled by the caller.
 */
export function switched(status: ResourceStatus, enabled: boolean): ResourceStatus {
  return (status.enabled === 'enabled') === enabled ? status : initialResourceStatus(enabled)
}
