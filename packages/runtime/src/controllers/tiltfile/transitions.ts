import { relevantFiles } from '@tiltts/core/paths'
import { addCause, filesCause } from '@tiltts/core/schedule'
import { type FileWatchStatus, type Millis, type TiltfileStatus, toApiTime, type UpdateCause } from '@tiltts/spec'
import { type Evaluated, isError } from './evaluate.js'

export const initialTiltfileStatus: TiltfileStatus = {
  waiting: { reason: 'initial-build' },
  diagnostics: [],
  reads: [],
  evaluations: 0,
}

/** Takes in the events of the config's FileWatch that were not looked at. */
export function eventsSeen(status: TiltfileStatus, watched: FileWatchStatus | undefined): TiltfileStatus {
  const last = lastSequence(watched)
  const seen = status.watchSequence ?? 0
  if (last === seen) return status
  // A watch that was made anew counts from 1 again.
  const added = filesSince(status.reads, watched, last < seen ? 0 : seen)
  const pending = added && (status.pending === undefined ? added : addCause([status.pending], added)[0])
  return { ...status, watchSequence: last, pending: pending ?? status.pending }
}

/** What changed of the reads after an event of the watch. */
export function filesSince(
  reads: TiltfileStatus['reads'],
  watched: FileWatchStatus | undefined,
  sequence: number,
): UpdateCause | undefined {
  const events = (watched?.fileEvents ?? []).filter((event) => event.sequence > sequence)
  const files = relevantFiles(reads, [...new Set(events.flatMap((event) => event.seenFiles))])
  return files.length === 0 ? undefined : filesCause(files)
}

export function lastSequence(watched: FileWatchStatus | undefined): number {
  return watched?.fileEvents.at(-1)?.sequence ?? 0
}

/** Why the config is to be evaluated now; empty: it is not. */
export function reasonsToEvaluate(status: TiltfileStatus, args: readonly string[]): readonly UpdateCause[] {
  if (status.evaluatedArgs === undefined) return [{ reason: 'initial' }]
  const causes: UpdateCause[] = []
  if (!sameWords(status.evaluatedArgs, args)) causes.push({ reason: 'args' })
  if (status.pending !== undefined) causes.push(status.pending)
  return causes
}

/** An evaluation begins. What is pending stays so until its end, since updates wait for the result. */
export function evaluationStarted(
  status: TiltfileStatus,
  args: readonly string[],
  causes: readonly UpdateCause[],
  at: Millis,
): TiltfileStatus {
  return {
    ...status,
    waiting: undefined,
    running: { reasons: causes.map((cause) => cause.reason), startedAt: toApiTime(at) },
    evaluatedArgs: args,
  }
}

/**
 * An evaluation has ended. What was pending at its start is done with, whatever came of it.
 *
 * @param later files that changed while it ran
 */
export function evaluationEnded(
  status: TiltfileStatus,
  evaluated: Pick<Evaluated, 'diagnostics' | 'error'>,
  later: UpdateCause | undefined,
  at: Millis,
): TiltfileStatus {
  const { running } = status
  const warnings = evaluated.diagnostics.filter((diagnostic) => !isError(diagnostic))
  return {
    ...status,
    running: undefined,
    terminated: {
      reasons: running?.reasons ?? [],
      error: evaluated.error,
      startedAt: running?.startedAt ?? toApiTime(at),
      finishedAt: toApiTime(at),
      warningCount: warnings.length,
    },
    diagnostics: evaluated.diagnostics,
    pending: later,
    evaluations: status.evaluations + 1,
  }
}

export function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index])
}
