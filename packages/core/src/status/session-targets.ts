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
import { exitText, type ServerState, serverState } from './server-state.js'

const disabled: SessionTargetState = { disabled: {} }
/** After so many failures in a row a server counts as failed, although it is still started again. */
const hopelessFailures = 5
/** It was never asked for and will not run by itself. */
const notRequested: SessionTargetState = {}

/**
 * What a session has to bring about: the config, and for each resource its update (unless it only serves) and its
 * server (if it has one). `resources` in the order of display.
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
    targets.push({ name: `${name}:serve`, type: 'server', resources: [name], state: serveState(view) })
  return targets
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

function serveState(view: ResourceView): SessionTargetState {
  const { spec, status, metadata } = view.resource
  if (isDisabled(view)) return disabled
  const server = serverState(view.serve)
  switch (server.is) {
    case 'stopped':
      return notRequested
    case 'idle': {
      if (wantsUpdate(spec, status) && status.current === undefined)
        return { waiting: { waitReason: waitReason(view) } }
      return status.started ? { waiting: { waitReason: 'waiting-for-update' } } : notRequested
    }
    case 'starting':
      return { waiting: { waitReason: 'waiting-for-start' } }
    case 'running': {
      if (server.ready) {
        const lastReadyTime = status.readySince ?? server.run.startedAt
        return { active: { startTime: server.run.startedAt, ready: true, lastReadyTime } }
      }
      return { active: unready(view, server.run.startedAt) }
    }
    case 'ended':
      // It comes up again by itself: then it is not ready for now, and its readiness timeout watches over it.
      if (server.restarts && server.failures < hopelessFailures) return { active: unready(view, server.run.startedAt) }
      return {
        terminated: {
          startTime: server.run.startedAt,
          finishTime: server.run.finishedAt,
          error: `${metadata.name}: server ${endText(server)}`,
          graceStatus: '',
        },
      }
  }
}

/** Neither a restart nor a rebuild gives a server new time to become ready: the clock goes on from `unreadySince`. */
function unready({ resource }: ResourceView, startedAt: ApiTime): NonNullable<SessionTargetState['active']> {
  const since = resource.status.unreadySince
  const startTime = since === undefined ? startedAt : toApiTime(Math.min(fromApiTime(since), fromApiTime(startedAt)))
  return { startTime, ready: false }
}

function endText({ run, failures }: Extract<ServerState, { is: 'ended' }>): string {
  const text = run.reason === undefined ? exitText(run) : `ended: ${run.reason}`
  return failures > 1 ? `${text}, ${failures} times in a row` : text
}

/** A word that scripts can look for: the hold's reason, or what the update waits to be started for. */
function waitReason({ resource }: ResourceView): string {
  const { hold, triggered, started } = resource.status
  if (hold !== undefined) return hold.reason
  if (triggered !== undefined) return 'trigger'
  return started ? 'pending-changes' : 'initial-build'
}
