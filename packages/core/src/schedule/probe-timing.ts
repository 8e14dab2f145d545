import { type LogLevel, type Millis, type ProbeSpec, type ProbeStatus, toApiTime } from '@tiltts/spec'
import { formatRoughly } from '../status/go-duration.js'
import { lastBytes } from './last-bytes.js'

/** First delay of start-up probing; it doubles with each attempt. */
const firstStartupDelayMs = 25
/** A probe that goes on failing is reported after this time, then after twice, four times … as long. */
const firstReportMs = 10_000
const maxOutputBytes = 4096

export type ProbeTiming = Pick<ProbeSpec, 'initialDelayMs' | 'periodMs' | 'successThreshold' | 'failureThreshold'>

/** Where the probing of one process stands. Plain data. */
export interface ProbeState {
  /** When the process started. */
  readonly startedAt: Millis
  /** Until the first success probing is quicker than `periodMs`. */
  readonly startup: boolean
  /** Delay before the present attempt of start-up probing. */
  readonly startupDelayMs: Millis
  readonly ready: boolean
  readonly readyBefore: boolean
  readonly successes: number
  readonly failures: number
  /** When the first failure of the present row was asked for. */
  readonly failingSince?: Millis | undefined
  /** How long it has to have failed for the next report. */
  readonly reportAfterMs: Millis
}

/** What one attempt found out. */
export interface ProbeResult {
  readonly ok: boolean
  /** Status line, output or error, for people. */
  readonly output: string
  /** Succeeded, but the user should know. */
  readonly warning?: string | undefined
  readonly startedAt: Millis
  readonly endedAt: Millis
}

export interface ProbeLine {
  readonly level: Extract<LogLevel, 'verbose' | 'info' | 'warn'>
  readonly text: string
}

export interface ProbeStep {
  readonly state: ProbeState
  readonly ready: boolean
  readonly status: ProbeStatus
  /** Wait so long before the next attempt. */
  readonly delayMs: Millis
  /** For the log of the resource. */
  readonly lines: readonly ProbeLine[]
}

/** A process has started: when to probe it first. Never before its initial delay is over. */
export function beginProbing(
  timing: ProbeTiming,
  startedAt: Millis,
): { readonly state: ProbeState; readonly delayMs: Millis } {
  const startupDelayMs = Math.min(firstStartupDelayMs, timing.periodMs)
  const state: ProbeState = {
    startedAt,
    startup: true,
    startupDelayMs,
    ready: false,
    readyBefore: false,
    successes: 0,
    failures: 0,
    reportAfterMs: firstReportMs,
  }
  return { state, delayMs: Math.max(timing.initialDelayMs, startupDelayMs) }
}

/**
 * Takes in the result of an attempt.
 *
 * Until the first success the delay doubles from 25 ms up to the period, so that a fast service is ready fast; what
 * fails then counts towards no threshold and is only told when it lasts. After that an attempt starts every period,
 * and so many successes or failures in a row as the thresholds say turn readiness over.
 */
export function probeAnswered(timing: ProbeTiming, state: ProbeState, result: ProbeResult): ProbeStep {
  return result.ok ? succeeded(timing, state, result) : failed(timing, state, result)
}

function succeeded(timing: ProbeTiming, state: ProbeState, result: ProbeResult): ProbeStep {
  const successes = state.successes + 1
  const ready = state.ready || successes >= timing.successThreshold
  const lines: ProbeLine[] = []
  if (ready && !state.ready) {
    const text = state.readyBefore
      ? 'ready again: the probe succeeds'
      : `ready: the probe succeeded ${formatRoughly(result.endedAt - state.startedAt)} after the start`
    lines.push({ level: 'info', text })
    if (result.warning !== undefined) lines.push({ level: 'warn', text: `readiness probe: ${result.warning}` })
  }
  const next: ProbeState = {
    ...state,
    startup: false,
    ready,
    readyBefore: state.readyBefore || ready,
    successes,
    failures: 0,
    failingSince: undefined,
    reportAfterMs: firstReportMs,
  }
  return step(timing, next, result, lines)
}

function failed(timing: ProbeTiming, state: ProbeState, result: ProbeResult): ProbeStep {
  const failures = state.failures + 1
  const ready = state.ready && failures < timing.failureThreshold
  const failingSince = state.failingSince ?? result.startedAt
  const failingForMs = result.endedAt - failingSince
  const output = result.output.trim() || 'no output'
  const isReportDue = failingForMs >= state.reportAfterMs
  const lines: ProbeLine[] = []
  if (state.ready && !ready) {
    const times = failures === 1 ? 'once' : `${failures} times in a row`
    lines.push({ level: 'warn', text: `not ready any more: the probe failed ${times}: ${output}` })
  } else if (isReportDue && !ready) {
    lines.push({
      level: 'warn',
      text: `still not ready: the probe has failed for ${formatRoughly(failingForMs)}: ${output}`,
    })
  } else {
    lines.push({ level: 'verbose', text: `the probe failed: ${output}` })
  }
  const next: ProbeState = {
    ...state,
    startupDelayMs: Math.min(state.startupDelayMs * 2, timing.periodMs),
    ready,
    successes: 0,
    failures,
    failingSince,
    reportAfterMs: isReportDue ? nextReport(state.reportAfterMs, failingForMs) : state.reportAfterMs,
  }
  return step(timing, next, result, lines)
}

function nextReport(afterMs: Millis, failingForMs: Millis): Millis {
  let next = afterMs
  while (next <= failingForMs) next *= 2
  return next
}

function step(timing: ProbeTiming, state: ProbeState, result: ProbeResult, lines: readonly ProbeLine[]): ProbeStep {
  const tookMs = result.endedAt - result.startedAt
  return {
    state,
    ready: state.ready,
    status: {
      lastResult: result.ok ? 'success' : 'failure',
      lastTime: toApiTime(result.endedAt),
      failures: state.failures,
      lastOutput: lastBytes(result.output.trimEnd(), maxOutputBytes),
      failingSince: state.failingSince === undefined ? undefined : toApiTime(state.failingSince),
    },
    // A start-up attempt may take as long as its timeout: the service gets the whole delay after it.
    delayMs: state.startup ? state.startupDelayMs : Math.max(0, timing.periodMs - tookMs),
    lines,
  }
}
