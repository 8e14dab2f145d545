import type { CmdSpec, Millis } from '@tiltts/spec'

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
