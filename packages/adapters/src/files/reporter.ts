import type { WatchProblem, WatchRequest } from '@tiltts/runtime/ports'

/** Gathers what one request is told, so that one look at the disk is one call. */
export interface Reporter {
  report(path: string): void
  problem(problem: WatchProblem): void
  /** Nothing is told any more. */
  close(): void
}

export function createReporter(request: WatchRequest): Reporter {
  let changed: string[] = []
  let closed = false

  const deliver = (): void => {
    const paths = changed
    changed = []
    if (!closed) request.onChange(paths)
  }

  return {
    report(path) {
      if (closed || request.ignored(path)) return
      if (changed.length === 0) queueMicrotask(deliver)
      changed.push(path)
    },
    problem(problem) {
      if (!closed) request.onProblem(problem)
    },
    close() {
      closed = true
    },
  }
}
