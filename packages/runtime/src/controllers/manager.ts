import type { Change, ObjectStore } from '@tiltts/core/store'
import { isTiltError, type Kind, type TiltError } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import { backoff } from './backoff.js'
import type { Controller } from './controller.js'
import { type NameQueue, nameQueue } from './queue.js'
import { asTiltError } from './tasks.js'

/** Of a reconcile that failed. */
const retryDelay = backoff(1_000, 300_000)

export interface ManagerDeps {
  readonly store: ObjectStore
  readonly clock: Clock
  readonly controllers: readonly Controller[]
  /** An error that no controller foresaw. */
  readonly onFatal: (error: TiltError) => void
  /** The world said no; the reconcile is tried again after so many milliseconds. */
  readonly onRetry: (error: TiltError, what: string, delayMs: number) => void
}

/** Wakes controllers: a queue for each, one reconcile a name at a time, duplicates merged. */
export interface Manager {
  /** From now on changes of the store wake controllers. */
  start(): void
  /** Wakes a controller for something that happened in the world. */
  wake(controller: string, name: string): void
  /** No reconcile is begun any more. */
  stop(): void
  /** Nothing waits and nothing is at work. */
  readonly idle: boolean
}

interface Line {
  readonly controller: Controller
  readonly queue: NameQueue
  /** How often in a row a name failed, and the try that it waits for. */
  readonly failures: Map<string, { readonly count: number; readonly retry: Retry }>
}

/** The next try of what failed together. */
interface Retry {
  readonly names: Set<string>
  readonly cancel: () => void
}

export function createManager(deps: ManagerDeps): Manager {
  const lines = deps.controllers.map((controller): Line => ({ controller, queue: nameQueue(), failures: new Map() }))
  const byName = new Map(lines.map((line) => [line.controller.name, line]))
  const watchers = indexWatches(lines)
  let stopped = false
  let due = false
  let unsubscribe = (): void => {}

  const failed = (line: Line, names: readonly string[], error: unknown): void => {
    const what = `${line.controller.name} ${names.length === 1 ? names[0] : `(${names.length} objects)`}`
    if (!isTiltError(error) || error.class !== 'infra') {
      stopped = true
      deps.onFatal(asTiltError(what, error))
      return
    }
    const counts = names.map((name) => (line.failures.get(name)?.count ?? 0) + 1)
    const delay = retryDelay(Math.max(...counts))
    const cancel = deps.clock.timer(delay, () => {
      for (const name of retry.names) line.queue.add(name)
      drain()
    })
    const retry: Retry = { names: new Set(names), cancel }
    for (const [index, name] of names.entries()) line.failures.set(name, { count: counts[index] ?? 1, retry })
    deps.onRetry(error, what, delay)
  }

  const ended = (line: Line, names: readonly string[], error?: { readonly thrown: unknown }): void => {
    for (const name of names) {
      const retry = line.failures.get(name)?.retry
      retry?.names.delete(name)
      if (retry?.names.size === 0) retry.cancel()
      if (error === undefined) line.failures.delete(name)
    }
    if (error !== undefined && !stopped) failed(line, names, error.thrown)
    for (const name of names) line.queue.done(name)
  }

  const work = (line: Line): void => {
    const { controller, queue } = line
    const names = 'reconcileAll' in controller ? queue.takeAll() : [queue.take() ?? '']
    try {
      const result =
        'reconcileAll' in controller ? controller.reconcileAll(names) : controller.reconcile(names[0] ?? '')
      if (result === undefined) ended(line, names)
      else
        result.then(
          () => settle(line, names),
          (thrown: unknown) => settle(line, names, { thrown }),
        )
    } catch (thrown) {
      ended(line, names, { thrown })
    }
  }

  const settle = (line: Line, names: readonly string[], error?: { readonly thrown: unknown }): void => {
    ended(line, names, error)
    drain()
  }

  const drain = (): void => {
    for (const line of lines) while (!stopped && line.queue.ready) work(line)
  }

  /** Later in this turn, so that several wakes in one turn are one reconcile. */
  const soon = (): void => {
    if (due) return
    due = true
    queueMicrotask(() => {
      due = false
      drain()
    })
  }

  return {
    start() {
      unsubscribe = deps.store.subscribe((batch) => {
        if (stopped) return
        for (const change of batch) {
          for (const { queue, names } of watchers.get(change.kind) ?? []) {
            for (const name of names(change)) queue.add(name)
          }
        }
        drain()
      })
    },
    wake(controller, name) {
      if (stopped) return
      byName.get(controller)?.queue.add(name)
      soon()
    },
    stop() {
      stopped = true
      unsubscribe()
      for (const line of lines) for (const { retry } of line.failures.values()) retry.cancel()
    },
    get idle() {
      return !due && lines.every((line) => line.queue.idle)
    },
  }
}

interface Watcher {
  readonly queue: NameQueue
  readonly names: (change: Change) => Iterable<string>
}

function indexWatches(lines: readonly Line[]): ReadonlyMap<Kind, readonly Watcher[]> {
  const index = new Map<Kind, Watcher[]>()
  for (const { controller, queue } of lines) {
    for (const { kind, names } of controller.watches) {
      index.set(kind, [...(index.get(kind) ?? []), { queue, names }])
    }
  }
  return index
}
