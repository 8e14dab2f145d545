import { toApiTime, type UpdateStep } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'

/** Start and end of each step of an update. */
export interface StepRecord {
  /** A step begins; the returned function ends it. */
  begin(name: string): (error?: string) => void
  /** The step that was begun last knows what has changed, and its work begins. Only the first time counts. */
  hashed(): void
  list(): readonly UpdateStep[]
}

/** @param earlier steps of the same update, before it went back into the queue */
export function stepRecord(clock: Clock, earlier: readonly UpdateStep[] = []): StepRecord {
  const steps = [...earlier]
  return {
    begin(name) {
      const index = steps.length
      const step: UpdateStep = { name, startTime: toApiTime(clock.now()) }
      steps.push(step)
      return (error) => {
        steps[index] = { ...(steps[index] ?? step), finishTime: toApiTime(clock.now()), error }
      }
    },
    hashed() {
      const last = steps.at(-1)
      if (last === undefined || last.hashedAt !== undefined || last.finishTime !== undefined) return
      steps[steps.length - 1] = { ...last, hashedAt: toApiTime(clock.now()) }
    },
    list: () => [...steps],
  }
}
