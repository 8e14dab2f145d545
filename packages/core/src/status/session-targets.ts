import {
  type ApiTime,
  fromApiTime,
  type SessionTarget,
  type SessionTargetState,
  type Tiltfile,
  toApiTime,
} from '@tiltts/spec'
import { wantsUpdate } from '../schedule/candidate.js'
import { currentUpdate, hasServer, isDisabled, lastUpdate, onlyServes, type ResourceView } from './resource-view.js'
import { isHopeless, runtimeView } from './runtime-view.js'
import type { RuntimeView } from './what-runs.js'

const disabled: SessionTargetState = { disabled: {} }
/** It was never asked for and will not run by itself. */
const notRequested: SessionTargetState = {}

/**
 * What a session has to bring about: the config, and for each resource its update (unless it only serves) and what runs
 * for it afterwards (if anything): `api:serve` its server, `db:runtime` its containers. `resources` in the order of display.
 */
export function sessionTargets(
  tiltfile: Tiltfile | undefined,
  resources: readonly ResourceView[],
): readonly SessionTarget[] {
  return [tiltfileTarget(tiltfile), ...resources.flatMap(resourceTargets)]
}

/** The config as a target, also before it was first evaluated. */
export function tiltfileTarget(tiltfile: Tiltfile | undefined): SessionTarget {
  return { name: 'tiltfile:update', type: 'job', resources: ['(Tiltfile)'], state: tiltfileState(tiltfile) }
}

/** The targets of one resource. A session with many resources keeps them, and asks again for what changed. */
export function resourceTargets(view: ResourceView): readonly SessionTarget[] {
  const { name } = view.resource.metadata
  const targets: SessionTarget[] = []
  if (!onlyServes(view))
    targets.push({ name: `${name}:update`, type: 'job', resources: [name], state: updateState(view) })
  if (hasServer(view))
    targets.push({ name: `${name}:${suffix(view)}`, type: 'server', resources: [name], state: runtimeState(view) })
  return targets
}

function suffix({ resource }: ResourceView): string {
  return resource.spec.type === 'local' ? 'serve' : 'runtime'
}

function tiltfileState(tiltfile: Tiltfile | undefined): SessionTargetState {
  const status = tiltfile?.status
  if (status?.running !== undefined) return { active: { startTime: status.running.startedAt, ready: false } }
  if (status?.pending !== undefined || status?.terminated === undefined)
    return { waiting: { waitReason: status?.waiting?.reason ?? 'initial-build' } }
  const { startedAt, finishedAt, error } = status.terminated
  return { terminated: { startTime: startedAt, finishTime: finishedAt, error, graceStatus: '' } }
}

function updateState(view: ResourceView): SessionTargetState {
  const { spec, status, metadata } = view.resource
  if (isDisabled(view)) return disabled
  const current = currentUpdate(view)
  if (status.current !== undefined)
    return { active: { startTime: current?.status.startTime ?? metadata.creationTimestamp, ready: false } }
  if (wantsUpdate(spec, status)) return { waiting: { waitReason: waitReason(view) } }
  if (status.last === undefined) return notRequested
  const last = lastUpdate(view)
  const startTime = last?.status.startTime ?? last?.status.queuedAt ?? metadata.creationTimestamp
  return {
    terminated: {
      startTime,
      finishTime: last?.status.finishTime ?? startTime,
      error: updateError(view),
      graceStatus: '',
    },
  }
}

function updateError(view: ResourceView): string {
  const { status, metadata } = view.resource
  if (status.last === 'succeeded') return ''
  const error = lastUpdate(view)?.status.error
  const what = status.last === 'cancelled' ? 'update cancelled' : 'update failed'
  return error === undefined ? `${metadata.name}: ${what}` : `${metadata.name}: ${what}: ${error}`
}

function runtimeState(view: ResourceView): SessionTargetState {
  const { spec, status, metadata } = view.resource
  if (isDisabled(view)) return disabled
  const runtime = runtimeView(view)
  switch (runtime.is) {
    case 'none':
      return notRequested
    case 'idle': {
      if (wantsUpdate(spec, status) && status.current === undefined)
        return { waiting: { waitReason: waitReason(view) } }
      return status.started ? { waiting: { waitReason: 'waiting-for-update' } } : notRequested
    }
    case 'starting':
      // A time of its own to become ready counts from here on, whatever keeps it from starting.
      if (spec.readyTimeoutMs && status.unreadySince !== undefined)
        return { active: { ...unready(view, undefined), message: runtime.why } }
      return { waiting: { waitReason: 'waiting-for-start', message: runtime.why } }
    case 'unknown':
      return { waiting: { waitReason: 'waiting-for-cluster' } }
    case 'gone':
      return { active: unready(view, undefined) }
    case 'running': {
      if (!runtime.ready) return { active: { ...unready(view, runtime.startedAt), message: runtime.why } }
      const startTime = runtime.startedAt ?? metadata.creationTimestamp
      return { active: { startTime, ready: true, lastReadyTime: status.readySince ?? startTime } }
    }
    case 'done':
      return terminated(view, runtime, '')
    case 'stopped': {
      if (runtime.exitCode === undefined) return notRequested
      return terminated(view, runtime, `${metadata.name}: container was stopped (exit code ${runtime.exitCode})`)
    }
    case 'ended':
      // It comes up again by itself: then it is not ready for now, and its readiness timeout watches over it.
      if (!isHopeless(runtime)) return { active: { ...unready(view, runtime.startedAt), message: runtime.text } }
      if (isFromBefore(view, runtime)) return { active: unready(view, lastUpdate(view)?.status.startTime) }
      return terminated(view, runtime, `${metadata.name}: ${endText(view, runtime)}`)
  }
}

function terminated(
  { resource }: ResourceView,
  { startedAt, finishedAt }: Pick<Extract<RuntimeView, { is: 'ended' }>, 'startedAt' | 'finishedAt'>,
  error: string,
): SessionTargetState {
  const finishTime = finishedAt ?? startedAt ?? resource.metadata.creationTimestamp
  return { terminated: { startTime: startedAt ?? finishTime, finishTime, error, graceStatus: '' } }
}

/**
 * Whether a container ended before the update that has brought it up again: then the engine has not told yet that it runs.
 */
function isFromBefore(view: ResourceView, { finishedAt }: Extract<RuntimeView, { is: 'ended' }>): boolean {
  if (view.resource.spec.type === 'local' || finishedAt === undefined) return false
  const updatedAt = lastUpdate(view)?.status.startTime
  return updatedAt !== undefined && fromApiTime(finishedAt) < fromApiTime(updatedAt)
}

/** Neither a restart nor a rebuild gives new time to become ready: the clock goes on from `unreadySince`. */
function unready(
  { resource }: ResourceView,
  startedAt: ApiTime | undefined,
): NonNullable<SessionTargetState['active']> {
  const times = [resource.status.unreadySince, startedAt].filter((time) => time !== undefined).map(fromApiTime)
  const startTime = times.length === 0 ? resource.metadata.creationTimestamp : toApiTime(Math.min(...times))
  return { startTime, ready: false }
}

/** Pods count their restarts themselves. */
function endText({ resource }: ResourceView, { sentence, failures }: Extract<RuntimeView, { is: 'ended' }>): string {
  return failures > 1 && resource.spec.type !== 'k8s' ? `${sentence}, ${failures} times in a row` : sentence
}

/** A word that scripts can look for: the hold's reason, or what the update waits to be started for. */
function waitReason({ resource }: ResourceView): string {
  const { hold, triggered, started } = resource.status
  if (hold !== undefined) return hold.reason
  if (triggered !== undefined) return 'trigger'
  return started ? 'pending-changes' : 'initial-build'
}
