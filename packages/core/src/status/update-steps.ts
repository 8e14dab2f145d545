import { fromApiTime, type Millis, type Update } from '@tiltts/spec'

/** One step of an update, and how long it took. */
export interface TimedStep {
  /** `cmd`, `serve`; `image shop/api`, `deploy`. */
  readonly name: string
  readonly startTime: string
  /** Until now, where it has not ended. */
  readonly durationMs: Millis
  readonly error?: string | undefined
}

/** The steps of an update, in the order in which they began. */
export function timedSteps(update: Update, now: Millis): readonly TimedStep[] {
  return update.status.steps.map(({ name, startTime, finishTime, error }) => {
    const end = finishTime === undefined ? now : fromApiTime(finishTime)
    const durationMs = Math.max(0, end - fromApiTime(startTime))
    return { name, startTime, durationMs, ...(error !== undefined && { error }) }
  })
}
