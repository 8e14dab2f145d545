import { BugError, isTiltError, type TiltError } from '@tiltts/spec'

/** Work that goes on beside the reconciles. What it throws ends the session, so nothing is lost unheard. */
export interface Tasks {
  run(what: string, work: () => Promise<void>): void
  /** How many are under way. */
  readonly count: number
  /** Resolves when none is. */
  ended(): Promise<void>
}

export function createTasks(onError: (error: TiltError) => void): Tasks {
  const running = new Set<Promise<void>>()
  return {
    run(what, work) {
      const task: Promise<void> = Promise.resolve()
        .then(work)
        .catch((error: unknown) => onError(asTiltError(what, error)))
        .finally(() => running.delete(task))
      running.add(task)
    },
    get count() {
      return running.size
    },
    async ended() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

/** The message of an error of the world; any other error is thrown on. For use in a `catch`. */
export function worldsNo(error: unknown): string {
  if (isTiltError(error) && error.class === 'infra') return error.message
  throw error
}

/** Whatever was thrown, as an error of tiltts: a throw that nobody foresaw is a bug. */
export function asTiltError(what: string, error: unknown): TiltError {
  if (isTiltError(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  return new BugError(`${what}: ${message}`, { cause: error })
}
