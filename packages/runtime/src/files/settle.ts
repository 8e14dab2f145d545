import type { Clock } from '../ports/clock.js'

/** Gathers raw file changes until the disk is quiet. */
export interface Settler {
  /** Takes raw changes as they come, with repeats. */
  push(paths: readonly string[]): void
  /** Whether changes are held back at the moment. */
  pending(): boolean
  /** Hands on what is held back now, without waiting for quiet. */
  flush(): void
  /** Forgets what is held back and takes nothing more. */
  close(): void
}

export interface SettleOptions {
  readonly clock: Clock
  /** Whether git is rewriting the work tree at the moment: half a checkout is nothing to build. */
  readonly gitLocked: () => boolean
  /** Gets each path pushed since the last call, once, in the order of first appearance. Never called with none. */
  readonly onSettled: (paths: readonly string[]) => void
  /** Quiet that ends a lone edit, in milliseconds. @default 20 */
  readonly quietMs?: number | undefined
  /** Quiet that ends a long burst, in milliseconds. @default 200 */
  readonly longestQuietMs?: number | undefined
  /** Longest wait after the first change while changes keep coming, in milliseconds. @default 2000 */
  readonly burstMs?: number | undefined
  /** Longest wait for git after the first change, in milliseconds; a crashed git leaves its lock for ever. @default 10000 */
  readonly gitMs?: number | undefined
}

/** How often a lock of git is looked at, in milliseconds: often enough that `git status` of an editor costs an edit nothing. */
const gitLookMs = 10
/** What share of a burst's age is the quiet that ends it. Pauses grow with the work that makes them. */
const quietShare = 0.25

/**
 * Turns raw file changes into settled ones.
 *
 * A lone edit is handed on after a short quiet. The longer a burst lasts, the longer the quiet that ends it, so that the
 * pauses of a compiler or a package manager do not cut it into many updates; a burst without end is cut every `burstMs`.
 * While git holds its lock nothing is handed on, so that a checkout is one update whatever its size.
 *
 * @example
 * const settler = createSettler({ clock, gitLocked: () => watcher.gitLocked(), onSettled: (paths) => rebuild(paths) })
 * settler.push(['/app/main.ts'])
 */
export function createSettler(options: SettleOptions): Settler {
  const { clock, gitLocked, onSettled, quietMs = 20, longestQuietMs = 200, burstMs = 2000, gitMs = 10_000 } = options
  let held = new Set<string>()
  let firstAt = 0
  let lastAt = 0
  let sawLock = false
  // A lock that outlived the wait is stale: it holds up nothing more until it is gone.
  let lockIsStale = false
  let cancel: (() => void) | undefined
  let closed = false

  const dueAt = (): number => {
    const quiet = Math.min(longestQuietMs, Math.max(quietMs, (lastAt - firstAt) * quietShare))
    return Math.min(lastAt + quiet, firstAt + burstMs)
  }

  const wake = (at: number): void => {
    cancel = clock.timer(Math.max(0, at - clock.now()), look)
  }

  const emit = (): void => {
    cancel?.()
    cancel = undefined
    if (held.size === 0) return
    const paths = [...held]
    held = new Set()
    onSettled(paths)
  }

  const gitHolds = (now: number): boolean => {
    if (!gitLocked()) {
      lockIsStale = false
      return false
    }
    if (now - firstAt >= gitMs) lockIsStale = true
    return !lockIsStale
  }

  function look(): void {
    cancel = undefined
    const now = clock.now()
    if (gitHolds(now)) {
      sawLock = true
      wake(now + gitLookMs)
      return
    }
    if (sawLock) {
      // What git wrote last may still be on its way: its end counts as a change, and as the start of what follows.
      sawLock = false
      firstAt = now
      lastAt = now
    }
    const due = dueAt()
    if (now < due) wake(due)
    else emit()
  }

  return {
    push(paths) {
      if (closed || paths.length === 0) return
      const now = clock.now()
      if (held.size === 0) {
        firstAt = now
        sawLock = false
      }
      lastAt = now
      for (const path of paths) held.add(path)
      // A running timer finds out by itself that it is too early: nothing is re-armed for each of thousands of changes.
      if (cancel === undefined) wake(dueAt())
    },
    pending: () => held.size > 0,
    flush: emit,
    close() {
      closed = true
      cancel?.()
      cancel = undefined
      held = new Set()
    },
  }
}
