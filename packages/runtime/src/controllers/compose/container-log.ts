import type { LogStore } from '@tiltts/core/logs'
import type { ComposeContainer, Millis, TiltError } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Docker } from '../../ports/docker.js'
import { isUnreachable } from '../docker/docker-cluster.js'
import { type Tasks, worldsNo } from '../tasks.js'
import { linePrefixer } from './line-prefix.js'

export interface ContainerLogDeps {
  readonly docker: Pick<Docker, 'logs' | 'inspectContainer'>
  readonly clock: Clock
  readonly logs: LogStore
  readonly tasks: Tasks
  readonly reportLost: (error: TiltError) => void
}

export interface ContainerLogOptions {
  readonly id: string
  readonly resource: string
  /** Only what came later is read, by the engine's clock. Absent: all there is. */
  readonly since: string | undefined
  /** Stands before each line. */
  readonly prefix: () => string
}

/** The log of one container, over all its runs. */
export interface ContainerLog {
  /** The container as it is now: what it has to say is read. */
  see(container: ComposeContainer): void
  /** The engine does not answer: nothing is begun before the container is seen again. */
  sleep(): void
  /** It is not wanted any more: nothing is begun, and what is being read may come to its end soon. */
  retire(): void
  /** Resolves when all is read that a container that does not run has said, or when that cannot be had now. */
  lastWords(): Promise<void>
  close(): void
  /** Nothing is being read, and nothing waits to be. */
  readonly idle: boolean
}

const firstRetryMs = 500
const longestRetryMs = 10_000
/** Docker's own grace time for a container that is stopped, and a little more: then its last words are here. */
const lingerMs = 15_000
/** So often in a row a log may be refused. */
const mostRefusals = 3

/**
 * Follows the output of a container. A run is done with when a reading that began after its end has come to its own end;
 * whatever breaks off before is gone on with behind the last line that was read.
 */
export function containerLog(deps: ContainerLogDeps, options: ContainerLogOptions): ContainerLog {
  const { docker, clock, logs, tasks } = deps
  const { id, resource } = options
  const span = `dc:${resource}:${id.slice(0, 12)}`
  const prefixed = linePrefixer()
  let since = options.since
  let latest: ComposeContainer | undefined
  let done: string | undefined
  let reading: AbortController | undefined
  let listeners: (() => void)[] = []
  let failures = 0
  let wanted = true
  let asleep = false
  let closed = false
  let cancelRetry: (() => void) | undefined
  let cancelLinger = (): void => {}

  const read = async (signal: AbortSignal): Promise<void> => {
    for await (const { text, time } of docker.logs(id, { since }, signal)) {
      logs.append(span, prefixed(text, options.prefix()))
      if (since === undefined || time > since) since = time
      failures = 0
    }
    logs.flush(span)
  }

  const go = (): void => {
    if (closed || !wanted || reading !== undefined || latest === undefined) return
    if (latest.state.startedAt === undefined || runOf(latest) === done) return
    cancelRetry?.()
    cancelRetry = undefined
    begin(latest)
  }

  const begin = (seen: ComposeContainer): void => {
    const abort = new AbortController()
    const run = runOf(seen)
    reading = abort
    logs.span({ id: span, resource, source: 'runtime' })
    tasks.run(`log of ${seen.name}`, async () => {
      try {
        await read(abort.signal)
        reading = undefined
        ended(seen, run)
      } catch (error) {
        reading = undefined
        if (!abort.signal.aborted) await failed(seen, error)
      }
      if (reading === undefined) tellListeners()
    })
  }

  const tellListeners = (): void => {
    for (const listener of listeners) listener()
    listeners = []
  }

  const ended = (seen: ComposeContainer, run: string): void => {
    const isOver = !seen.state.running
    if (isOver) done = run
    const now = latest ?? seen
    if (runOf(now) !== run) go()
    else if (!isOver) retry() // Its end is not known here yet.
  }

  const failed = async (seen: ComposeContainer, error: unknown): Promise<void> => {
    const message = worldsNo(error)
    failures += 1
    if (isUnreachable(error)) {
      // One that was cut off may be opened again; one that cannot be opened has no engine.
      if (failures > 1) deps.reportLost(error)
    } else {
      if (await isGone()) return
      if (failures >= mostRefusals) {
        logs.append(span, `The log of ${seen.name} cannot be read: ${message}\n`, 'warn')
        done = runOf(latest ?? seen)
        failures = 0
        return
      }
    }
    retry()
  }

  const isGone = async (): Promise<boolean> => {
    try {
      return (await docker.inspectContainer(id)) === undefined
    } catch (error) {
      worldsNo(error)
      return false
    }
  }

  const retry = (): void => {
    if (closed || !wanted || asleep) return
    cancelRetry?.()
    cancelRetry = clock.timer(retryDelay(failures), () => {
      cancelRetry = undefined
      go()
    })
  }

  const stop = (): void => {
    cancelRetry?.()
    cancelRetry = undefined
    cancelLinger()
  }

  return {
    see(container) {
      const isNew = asleep || !wanted || latest === undefined || runOf(latest) !== runOf(container)
      latest = container
      wanted = true
      asleep = false
      cancelLinger()
      if (isNew || cancelRetry === undefined) go()
    },
    sleep() {
      asleep = true
      cancelRetry?.()
      cancelRetry = undefined
    },
    retire() {
      if (!wanted) return
      wanted = false
      stop()
      cancelLinger = clock.timer(lingerMs, () => reading?.abort(new Error('not wanted any more')))
    },
    lastWords() {
      if (latest === undefined || latest.state.running) return Promise.resolve()
      if (!asleep) go()
      if (reading === undefined) return Promise.resolve()
      return new Promise((resolve) => listeners.push(resolve))
    },
    close() {
      closed = true
      stop()
      tellListeners()
      reading?.abort(new Error('the session ends'))
    },
    get idle() {
      return reading === undefined && cancelRetry === undefined
    },
  }
}

/** Names what a container has run so far; another as soon as it is started, or has ended. */
function runOf({ state }: ComposeContainer): string {
  const { running, startedAt, finishedAt, restartCount } = state
  return `${startedAt}/${running ? 'runs' : finishedAt}/${restartCount}`
}

function retryDelay(failures: number): Millis {
  return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(Math.max(0, failures - 1), 10))
}
