import {
  type ClusterName,
  clusterName,
  fromApiTime,
  type Millis,
  type Pod,
  type Resource,
  type SessionSpec,
  type SessionTarget,
  type SettingsSpec,
} from '@tiltts/spec'
import { formatDuration } from './go-duration.js'
import { hasServer, type ResourceView } from './resource-view.js'

const defaultTimeoutMs = 30 * 60_000
const defaultReadinessTimeoutMs = 5 * 60_000
/** An engine that is about to start, or starts anew, is there by then. */
const engineGraceMs = 60_000
/** What has no probe is ready once its process runs; what dies of a mistake does so in its first moments. */
const soundServerMs = 1_000
/** Of pods it is told up to a second late, in whole seconds of the cluster's clock. */
const soundPodMs = 2_000

/** Limits of a `ci` run in milliseconds; 0: none. */
export interface CiLimits {
  readonly timeoutMs: Millis
  readonly readinessTimeoutMs: Millis
}

/** The limits that hold: the config's before the command line's before 30 and 5 minutes. */
export function ciLimits(settings: SettingsSpec | undefined, spec: Pick<SessionSpec, 'ci'>): CiLimits {
  return {
    timeoutMs: settings?.ciTimeoutMs ?? spec.ci?.timeoutMs ?? defaultTimeoutMs,
    readinessTimeoutMs: settings?.ciReadinessTimeoutMs ?? defaultReadinessTimeoutMs,
  }
}

export interface VerdictView {
  /** `manual`: a session without a verdict. */
  readonly exitCondition: SessionSpec['exitCondition']
  readonly targets: readonly SessionTarget[]
  /** Of the session's process. */
  readonly startTime: Millis
  readonly limits: CiLimits
  /** What runs containers and does not answer. @default none */
  readonly away?: readonly EngineAway[] | undefined
  /** What a resource says of itself. */
  readonly resource: (name: string) => ResourceLimits | undefined
}

/** An engine, or a cluster, that does not answer. */
export interface EngineAway {
  readonly cluster: ClusterName
  readonly error: string
  readonly since: Millis
}

export interface ResourceLimits {
  /** Instead of the session's limit; 0: none. For a resource without a server it limits the update. */
  readonly readyTimeoutMs?: Millis | undefined
  /** Whether something goes on running for it: a server, or containers. */
  readonly server: boolean
  /** How long it has to have been ready before that counts; 0: it has a probe or a health check. */
  readonly soundMs: Millis
  /** What it cannot come up without. @default nothing */
  readonly needs?: readonly ClusterName[] | undefined
}

type LimitsView = Pick<ResourceView, 'discovery'> & { readonly resource: Pick<Resource, 'spec'> }

/** What a resource says of itself, whatever kind it is. */
export function resourceLimits(view: LimitsView): ResourceLimits {
  const { spec } = view.resource
  return {
    readyTimeoutMs: spec.readyTimeoutMs,
    server: hasServer(view),
    soundMs: soundMsOf(view),
    needs: needsOf(spec),
  }
}

function needsOf({ type, images }: Resource['spec']): readonly ClusterName[] {
  const builds = type === 'docker-compose' || images.length > 0
  return [...(builds ? [clusterName.docker] : []), ...(type === 'k8s' ? [clusterName.kubernetes] : [])]
}

function soundMsOf({ resource: { spec }, discovery }: LimitsView): Millis {
  switch (spec.type) {
    case 'local':
      return spec.local.serve?.probe === undefined ? soundServerMs : 0
    case 'docker-compose':
      return spec.compose.service.hasHealthcheck ? 0 : soundServerMs
    case 'k8s':
      return discovery?.status.pods.some(isUnprobed) ? soundPodMs : 0
  }
}

/** Whether nothing but that it runs tells that a container of it is ready. */
function isUnprobed({ containers }: Pod): boolean {
  return containers.some(({ probed, init }) => !probed && !init)
}

export interface Verdict {
  readonly done: boolean
  /** Empty when it went well, or is not done. */
  readonly error: string
  /** When to ask again although nothing changed. */
  readonly nextDeadline: Millis | undefined
}

/**
 * Whether a `ci` run is over. It fails with the first error of any target, when a limit is up, or when the engine that an
 * open target needs has not answered for a minute; it succeeds once there
 * is a target beside the config, none waits, each job has ended and each server is ready (and, without a probe, has
 * lived for a moment). Targets that were not asked for, or are disabled, do not count.
 */
export function verdict(view: VerdictView, now: Millis): Verdict {
  if (view.exitCondition !== 'ci') return { done: false, error: '', nextDeadline: undefined }
  const open = { waiting: new Map<string, string>(), notReady: [] as string[], retrying: [] as string[] }
  const whys = new Map<string, string>()
  const deadlines: Millis[] = []
  for (const target of view.targets) {
    const error = failureOf(target)
    if (error !== undefined) return { done: true, error, nextDeadline: undefined }
  }
  for (const target of view.targets) {
    const { waiting, active, terminated } = target.state
    const message = waiting?.message ?? active?.message
    if (message !== undefined) whys.set(target.resources[0] ?? target.name, message)
    if (waiting !== undefined) {
      const name = target.resources[0] ?? target.name
      if (!open.waiting.has(name)) open.waiting.set(name, waiting.waitReason)
    } else if (terminated?.graceStatus === 'Tolerated') {
      open.retrying.push(target.name)
    } else if (active !== undefined) {
      const overdue = readyOverdue(target, view, now)
      if (typeof overdue === 'string') return { done: true, error: overdue, nextDeadline: undefined }
      if (overdue !== undefined) deadlines.push(overdue)
      const soundAt = soundSince(target, view)
      if (!active.ready || target.type === 'job') open.notReady.push(target.name)
      else if (soundAt !== undefined && now < soundAt) {
        open.notReady.push(target.name)
        deadlines.push(soundAt)
      }
    }
  }

  for (const away of view.away ?? []) {
    const overdue = engineOverdue(view, away, now)
    if (typeof overdue === 'string') return { done: true, error: overdue, nextDeadline: undefined }
    if (overdue !== undefined) deadlines.push(overdue)
  }
  const isOpen = open.waiting.size > 0 || open.notReady.length > 0 || open.retrying.length > 0
  if (!isOpen && view.targets.length > 1) return { done: true, error: '', nextDeadline: undefined }
  const { timeoutMs } = view.limits
  if (timeoutMs > 0) {
    const end = view.startTime + timeoutMs
    if (now >= end) return { done: true, error: timeoutText(timeoutMs, open) + whyText(whys), nextDeadline: undefined }
    deadlines.push(end)
  }
  return { done: false, error: '', nextDeadline: deadlines.length === 0 ? undefined : Math.min(...deadlines) }
}

function failureOf({ state: { terminated } }: SessionTarget): string | undefined {
  if (terminated === undefined || terminated.error === '' || terminated.graceStatus === 'Tolerated') return undefined
  return terminated.graceStatus === 'Exceeded' ? `exceeded grace period: ${terminated.error}` : terminated.error
}

/** The error when what is still open needs an engine that has been away for too long, else when it will have been. */
function engineOverdue(
  { targets, resource }: VerdictView,
  { cluster, error, since }: EngineAway,
  now: Millis,
): string | Millis | undefined {
  const needed = targets.some(
    ({ state, resources }) =>
      (state.waiting ?? state.active) && resource(resources[0] ?? '')?.needs?.includes(cluster) === true,
  )
  if (!needed) return undefined
  const deadline = since + engineGraceMs
  if (now < deadline) return deadline
  return `cluster connection failed: ${error} (waited ${formatDuration(engineGraceMs)})`
}

/** The error when an active target has been unready for too long, else when it will have been. */
function readyOverdue(target: SessionTarget, view: VerdictView, now: Millis): string | Millis | undefined {
  const { active } = target.state
  if (active === undefined || (active.ready && target.type === 'server')) return undefined
  const own = view.resource(target.resources[0] ?? '')
  const isServer = target.type === 'server'
  const limit = isServer ? (own?.readyTimeoutMs ?? view.limits.readinessTimeoutMs) : updateLimit(own)
  if (!limit) return undefined
  const deadline = fromApiTime(active.lastReadyTime ?? active.startTime) + limit
  if (now < deadline) return deadline
  const why = active.message === undefined ? '' : `: ${active.message}`
  return `Readiness timeout after ${formatDuration(limit)}: target ${target.name} not ready${why}`
}

/** Jobs have no limit but their resource's own, and only where no server is to become ready after them. */
function updateLimit(own: ResourceLimits | undefined): Millis | undefined {
  return own?.server === false ? own.readyTimeoutMs : undefined
}

function soundSince({ type, state, resources }: SessionTarget, view: VerdictView): Millis | undefined {
  const soundMs = view.resource(resources[0] ?? '')?.soundMs ?? 0
  if (type !== 'server' || state.active === undefined || soundMs === 0) return undefined
  const { startTime, lastReadyTime } = state.active
  // What has run for longer than this session has seen it is sound, too; clusters tell starts in whole seconds.
  return Math.min(fromApiTime(startTime) + 1_000, fromApiTime(lastReadyTime ?? startTime)) + soundMs
}

/** Of many, the first few; the table has them all. */
const whysShown = 3

function whyText(whys: ReadonlyMap<string, string>): string {
  const shown = [...whys].slice(0, whysShown).map(([name, why]) => `${name}: ${why}`)
  const more = whys.size > whysShown ? [`${whys.size - whysShown} more in the table`] : []
  return shown.length === 0 ? '' : `; ${[...shown, ...more].join('; ')}`
}

function timeoutText(
  timeoutMs: Millis,
  open: {
    readonly waiting: ReadonlyMap<string, string>
    readonly notReady: readonly string[]
    readonly retrying: readonly string[]
  },
): string {
  const waiting = [...open.waiting].map(([name, reason]) => `${name} ${reason}`)
  const part = (names: readonly string[], what: string): string[] =>
    names.length === 0 ? [] : [`${names.length} resources ${what} (${names.join(',')})`]
  const parts = [...part(waiting, 'waiting'), ...part(open.notReady, 'not ready'), ...part(open.retrying, 'retrying')]
  return `Timeout after ${formatDuration(timeoutMs)}: ${parts.join(', ') || 'no resources'}`
}
