import { type CmdSpec, type ContainerState, fromApiTime, type Millis } from '@tiltts/spec'

const firstDelayMs = 1_000
const longestDelayMs = 30_000
/** A run of this length counts as sound: what ends after it starts over with the shortest delay. */
const soundRunMs = 10_000

/**
 * How many failures in a row this one makes. A run of 10 s or more breaks the row.
 *
 * @param before - failures in a row before it
 */
export function failuresInARow(before: number, ranForMs: Millis): number {
  return ranForMs >= soundRunMs ? 1 : before + 1
}

/** Delay before the next start: 1 s, doubled with each failure in a row, at most 30 s. */
export function restartDelay(failures: number): Millis {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(Math.max(0, failures - 1), 10))
}

/**
 * Whether an ended run is to be started again: a server with `restart: 'on-failure'` that ended by itself, with another
 * exit code than 0. One that could not be started at all counts too: a folder or a binary may still come.
 */
export function restartsAfter(
  spec: Pick<CmdSpec, 'role' | 'restart'>,
  exit: { readonly exitCode: number; readonly stopped: boolean },
): boolean {
  return spec.role === 'server' && spec.restart === 'on-failure' && exit.exitCode !== 0 && !exit.stopped
}

/** What tells how the runs of a container went. */
type CountedState = Pick<ContainerState, 'restartCount' | 'failuresInARow' | 'startedAt' | 'finishedAt'>

/**
 * Failures in a row of a container that the engine starts again by itself, for `ContainerState.failuresInARow`. Restarts
 * from before it was first seen do not count.
 *
 * @param before - the state in which the same container was seen last
 * @param now - the state in which it is seen now
 */
export function countFailures(before: CountedState | undefined, now: CountedState): number {
  const known = before?.failuresInARow ?? 0
  const ended = before === undefined ? 0 : now.restartCount - before.restartCount
  // A count that fell: somebody has started it by hand.
  if (ended < 0) return 0
  if (ended === 0) return known
  return lastRunMs(before, now, ended) >= soundRunMs ? 1 : known + ended
}

/** How long the run was that ended last; 0 when that cannot be told, since several were over between two looks. */
function lastRunMs(before: CountedState | undefined, now: CountedState, ended: number): Millis {
  if (now.finishedAt === undefined || now.startedAt === undefined) return 0
  const end = fromApiTime(now.finishedAt)
  const began = fromApiTime(now.startedAt)
  if (began <= end) return end - began
  // It runs again already, so the start of that run is known from the look before.
  return ended === 1 && before?.startedAt !== undefined ? end - fromApiTime(before.startedAt) : 0
}
