import { type CmdSpec, type CmdStatus, fromApiTime, type Millis } from '@tiltts/spec'

/** The process, or the call, that the controller holds for a Cmd. */
export interface HeldRun {
  readonly runId: string
  /** It was told to stop and has not ended yet. */
  readonly stopping: boolean
}

/** What to do about a Cmd now. */
export type CmdPlan =
  | { readonly do: 'nothing' }
  | { readonly do: 'start'; readonly runId: string; readonly restart: boolean }
  | { readonly do: 'stop'; readonly why: 'disabled' | 'asked' | 'not wanted' }
  /** The new run starts when the whole group of the old one is gone. */
  | { readonly do: 'stop-then-start'; readonly runId: string }
  /** Look again at this time. */
  | { readonly do: 'restart-at'; readonly at: Millis }

const nothing: CmdPlan = { do: 'nothing' }

/**
 * Compares what is wanted with what is held. A run is wanted while its `runId` stands in the spec: each `runId` runs
 * once, a new one replaces the run before, and only a failed server with `restart: 'on-failure'` runs again by itself.
 */
export function planCmd(view: {
  readonly spec: CmdSpec
  readonly status: CmdStatus
  readonly held: HeldRun | undefined
  readonly disabled: boolean
  readonly now: Millis
}): CmdPlan {
  const { spec, status, held, disabled, now } = view
  const { runId } = spec
  if (held?.stopping === true) return nothing
  if (disabled) return held === undefined ? nothing : { do: 'stop', why: 'disabled' }
  if (runId === undefined) return held === undefined ? nothing : { do: 'stop', why: 'not wanted' }
  if (spec.stopRunId === runId) return held === undefined ? nothing : { do: 'stop', why: 'asked' }
  if (held !== undefined) return held.runId === runId ? nothing : { do: 'stop-then-start', runId }
  if (status.runId !== runId || status.waiting !== undefined) return { do: 'start', runId, restart: false }

  if (status.nextRestartAt === undefined || spec.restart !== 'on-failure') return nothing
  const at = fromApiTime(status.nextRestartAt)
  return now < at ? { do: 'restart-at', at } : { do: 'start', runId, restart: true }
}
