import type { CmdSpec, Millis } from '@tiltts/spec'
import { equal } from '../store/values.js'
import { type InputValues, noInputs } from './button-inputs.js'

/** The newest events that a command which stands alone listens to; 0: there was none. */
export interface StandaloneEvents {
  readonly start: Millis
  readonly restart: Millis
  /** Of the button that was clicked last, of those that it listens to. */
  readonly inputs?: InputValues | undefined
}

/** What a command that stands alone has taken in so far. */
export interface StandaloneState extends Pick<StandaloneEvents, 'start' | 'restart'> {
  /** What it runs: the spec without what says when. */
  readonly runs: Partial<CmdSpec>
  /** Counts the runs it has wanted. A run is wanted until another takes its place, or none is. */
  readonly run: number
  readonly wanted: boolean
  readonly inputs: InputValues
}

/**
 * What a command that stands alone wants, after what it wanted before. A new one and one that runs something else starts,
 * unless it waits for a button: then only a click does that comes after. Every later event is another run.
 */
export function planStandalone(
  spec: CmdSpec,
  before: StandaloneState | undefined,
  events: StandaloneEvents,
): StandaloneState {
  const runs = whatItRuns(spec)
  const isOther = before === undefined || !equal(before.runs, runs)
  const last = before ?? { start: 0, restart: 0, run: 0, inputs: noInputs }
  const clicked = events.start > last.start
  const restarted = events.restart > last.restart
  if (!isOther && !clicked && !restarted) return before
  const wanted = !isOther || clicked || !waitsForButton(spec)
  return {
    runs,
    start: Math.max(last.start, events.start),
    restart: Math.max(last.restart, events.restart),
    run: wanted ? last.run + 1 : last.run,
    wanted,
    inputs: events.inputs ?? (isOther ? noInputs : last.inputs),
  }
}

/** While it is switched off nothing is wanted, and what happens meanwhile is not made up for. */
export function suspendStandalone(before: StandaloneState | undefined, events: StandaloneEvents): StandaloneState {
  const { start, restart } = events
  return { runs: {}, start, restart, run: before?.run ?? 0, wanted: false, inputs: noInputs }
}

/** Whether it does not start by itself. */
export function waitsForButton({ startOn }: Pick<CmdSpec, 'startOn'>): boolean {
  return startOn !== undefined && startOn.uiButtons.length > 0
}

function whatItRuns(spec: CmdSpec): Partial<CmdSpec> {
  const {
    startOn: _startOn,
    restartOn: _restartOn,
    disableSource: _switch,
    runId: _run,
    stopRunId: _stop,
    ...runs
  } = spec
  return runs
}
