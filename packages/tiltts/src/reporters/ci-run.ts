import { type CiRow, type CiRowState, ciReport, type TimedStep, timedSteps } from '@tiltts/core/status'
import { resourceView, type Session, type SessionOutcome } from '@tiltts/runtime'
import {
  type Diagnostic,
  fromApiTime,
  type Millis,
  type Place,
  type Resource,
  toApiTime,
  wellKnown,
} from '@tiltts/spec'
import { exitCode } from '../cli/command.js'
import { failurePlace } from './failure-place.js'

/** A `ci` run as its reports tell of it: plain data, all times taken. */
export interface CiRun {
  readonly result: 'succeeded' | 'failed' | 'invalid-config' | 'interrupted'
  readonly exitCode: number
  /** Why it did not succeed, in one line; else empty. */
  readonly reason: string
  readonly startTime: string
  readonly finishTime: string
  readonly durationMs: Millis
  readonly config: CiConfig
  /** In the order of display. */
  readonly resources: readonly CiResource[]
}

export interface CiConfig {
  /** Absolute. */
  readonly path: string
  /** Of its last evaluation; absent: none has ended. */
  readonly durationMs?: Millis | undefined
  readonly error: string
  readonly diagnostics: readonly Diagnostic[]
}

export interface CiResource {
  readonly name: string
  readonly type: 'local' | 'docker-compose' | 'k8s'
  readonly labels: readonly string[]
  readonly state: CiRowState
  readonly result: 'passed' | 'failed' | 'skipped'
  /** From the start of its update until it was ready, had ended or failed, or until the end of the run. */
  readonly durationMs?: Millis | undefined
  readonly waitedOn?: CiRow['waitedOn']
  /** Why it is not well, in one line. */
  readonly detail?: string | undefined
  readonly probeOutput?: string | undefined
  /** Where in the user's files its failure stands, else where it is declared. */
  readonly place?: Place | undefined
  /** Oldest first. */
  readonly updates: readonly CiUpdate[]
  /** Of its log. Empty where it has passed. */
  readonly lastLines: readonly string[]
}

export interface CiUpdate {
  readonly name: string
  readonly phase: string
  readonly startTime?: string | undefined
  readonly durationMs?: Millis | undefined
  /** From when it was asked for to its start. */
  readonly queuedMs?: Millis | undefined
  readonly steps: readonly TimedStep[]
}

export interface CiEnd {
  /** Absent: it was interrupted. */
  readonly outcome: SessionOutcome | undefined
  readonly exitCode: number
  readonly finishedAt: Millis
}

/** So many lines of the log of what did not pass are kept for the reports. */
const lastLines = 50

/** What there is to report of a run that has come to its end. */
export function ciRunOf({ store, logs }: Pick<Session, 'store' | 'logs'>, end: CiEnd): CiRun {
  const session = store.get('Session', wellKnown.session)
  const startedAt = session === undefined ? end.finishedAt : fromApiTime(session.status.startTime)
  const resources = [...store.list('Resource')].sort((a, b) => a.spec.order - b.spec.order)
  const views = resources.map((resource) => resourceView(store, resource))
  const rows = ciReport(views, end.finishedAt)
  const isFailed = rows.some(({ state }) => state === 'failed')
  const result = resultOf(end)
  const reason = end.outcome?.reason ?? (end.exitCode === exitCode.ok ? '' : 'interrupted')
  return {
    result,
    exitCode: end.exitCode,
    reason,
    startTime: toApiTime(startedAt),
    finishTime: toApiTime(end.finishedAt),
    durationMs: Math.max(0, end.finishedAt - startedAt),
    config: configOf(store, session?.spec.tiltfilePath ?? ''),
    resources: rows.flatMap((row, index) => {
      const view = views[index]
      if (view === undefined) return []
      const passed = resourceResult(row, { result, reason, isFailed })
      return {
        ...partsOf(view.resource, row),
        result: passed,
        place: passed === 'failed' ? failurePlace(store, view) : view.resource.spec.place,
        updates: [...view.updates]
          .sort((a, b) => a.status.queuedAt.localeCompare(b.status.queuedAt))
          .map((update) => updateOf(update, end.finishedAt)),
        lastLines: passed === 'passed' ? [] : logs.tail(row.resource, lastLines).map(({ message }) => message),
      }
    }),
  }
}

function resultOf({ outcome, exitCode: code }: CiEnd): CiRun['result'] {
  if (outcome === undefined) return code === exitCode.ok ? 'succeeded' : 'interrupted'
  if (outcome.exitCode === exitCode.ok) return 'succeeded'
  return outcome.exitCode === exitCode.usage ? 'invalid-config' : 'failed'
}

/**
 * What was still under way is to blame only where nothing has failed, as when time is up: else it had no chance to end.
 */
function resourceResult(
  { resource, state }: CiRow,
  run: Pick<CiRun, 'result' | 'reason'> & { readonly isFailed: boolean },
): CiResource['result'] {
  switch (state) {
    case 'ready':
    case 'succeeded':
    case 'unchanged':
      return 'passed'
    case 'disabled':
    case 'not started':
      return 'skipped'
    case 'failed':
      return run.result === 'succeeded' ? 'skipped' : 'failed'
    default:
      if (run.result !== 'failed') return 'skipped'
      return !run.isFailed || run.reason.includes(`target ${resource}:`) ? 'failed' : 'skipped'
  }
}

function partsOf(
  { spec }: Resource,
  { resource, state, durationMs, waitedOn, detail, probeOutput }: CiRow,
): Pick<CiResource, 'name' | 'type' | 'labels' | 'state' | 'durationMs' | 'waitedOn' | 'detail' | 'probeOutput'> {
  return { name: resource, type: spec.type, labels: spec.labels, state, durationMs, waitedOn, detail, probeOutput }
}

function updateOf(update: Parameters<typeof timedSteps>[0], now: Millis): CiUpdate {
  const { phase, queuedAt, startTime, finishTime } = update.status
  const startedAt = startTime === undefined ? undefined : fromApiTime(startTime)
  const endedAt = finishTime === undefined ? now : fromApiTime(finishTime)
  return {
    name: update.metadata.name,
    phase,
    startTime,
    durationMs: startedAt === undefined ? undefined : Math.max(0, endedAt - startedAt),
    queuedMs: Math.max(0, (startedAt ?? now) - fromApiTime(queuedAt)),
    steps: timedSteps(update, now),
  }
}

function configOf(store: Session['store'], path: string): CiConfig {
  const status = store.get('Tiltfile', wellKnown.tiltfile)?.status
  const ended = status?.terminated
  return {
    path,
    durationMs: ended && Math.max(0, fromApiTime(ended.finishedAt) - fromApiTime(ended.startedAt)),
    error: ended?.error ?? '',
    diagnostics: status?.diagnostics ?? [],
  }
}
