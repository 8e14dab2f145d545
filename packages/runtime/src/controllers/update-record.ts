import { recordHold } from '@tiltts/core/schedule'
import type { Tx } from '@tiltts/core/store'
import { annotation, type Millis, toApiTime, type UpdateCause, type UpdateStatus } from '@tiltts/spec'

/** An Update that waits for its turn. */
export function queuedStatus(at: Millis): UpdateStatus {
  return { phase: 'queued', queuedAt: toApiTime(at), holds: [], steps: [] }
}

/** Puts an Update into the queue. */
export function createUpdate(
  tx: Tx,
  update: { readonly name: string; readonly resource: string; readonly causes: readonly UpdateCause[] },
  at: Millis,
): void {
  const { name, resource, causes } = update
  tx.put('Update', name, { resource, causes }, queuedStatus(at), { annotations: { [annotation.resource]: resource } })
}

/** An Update begins to run. */
export function runningStatus(status: UpdateStatus, at: Millis, spanId: string): UpdateStatus {
  return {
    ...status,
    phase: 'running',
    startTime: toApiTime(at),
    spanId,
    holds: recordHold(status.holds, undefined, at),
  }
}

/** How an Update came to its end. */
export interface UpdateEnd {
  readonly phase: 'succeeded' | 'failed' | 'cancelled'
  readonly error?: string | undefined
  readonly exitCode?: number | undefined
  readonly skipped?: string | undefined
  readonly warningCount?: number | undefined
}

export function endedStatus(status: UpdateStatus, end: UpdateEnd, at: Millis): UpdateStatus {
  return { ...status, ...end, finishTime: toApiTime(at), holds: recordHold(status.holds, undefined, at) }
}

/** Whether an Update has come to its end. */
export function hasEnded({ phase }: Pick<UpdateStatus, 'phase'>): boolean {
  return phase === 'succeeded' || phase === 'failed' || phase === 'cancelled'
}
