import type { LogStore } from '@tiltts/core/logs'
import { isTiltError, type TiltError } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { LogChunk } from '../../ports/docker.js'
import { backoff } from '../backoff.js'
import { type Tasks, worldsNo } from '../tasks.js'
import { linePrefixer } from './line-prefix.js'

export interface ContainerLogDeps {
  readonly clock: Clock
  readonly logs: LogStore
  readonly tasks: Tasks
  /** What runs the container was found not to answer, twice in a row. */
  readonly reportLost: (error: TiltError) => void
}

export interface ContainerLogOptions {
  readonly span: string
  readonly resource: string
  /** Only what came later is read, by the clock of what runs the container. Absent: all there is. */
  readonly since: string | undefined
  /** Stands before each line. */
  readonly prefix: () => string
  readonly read: (request: LogRequest, signal: AbortSignal) => AsyncIterable<LogChunk>
  /** Whether the container is not there any more. What it rejects with counts as no. */
  readonly isGone: () => Promise<boolean>
}

export interface LogRequest {
  /** Only what came later. */
  readonly since: string | undefined
  /** The run before, too: it was over before it was read. */
  readonly missedOne: boolean
}

/** What a container does at the moment, as far as its log is concerned. */
export interface ContainerRun {
  /** Names what it has run so far; another as soon as it is started, or has ended. */
  readonly key: string
  /** What the run before was named when it had ended, where its log has to be asked for by itself. */
  readonly before?: string | undefined
  /** Of the container, for messages. */
  readonly name: string
  /** There is a log. */
  readonly started: boolean
  readonly running: boolean
}

/** The log of one container, over all its runs. */
export interface ContainerLog {
  /** The container as it is now: what it has to say is read. */
  see(run: ContainerRun): void
  /** What runs it does not answer: nothing is begun before the container is seen again. */
  sleep(): void
  /** It is not wanted any more: nothing is begun, and what is being read may come to its end soon. */
  retire(): void
  /** Resolves when all is read that a container that does not run has said, or when that cannot be had now. */
  lastWords(): Promise<void>
  close(): void
  /** Nothing is being read, and nothing waits to be. */
  readonly idle: boolean
}

const retryDelay = backoff(500, 10_000)
/** The grace time for a container that is stopped, and a little more: then its last words are here. */
const lingerMs = 15_000
/** So often in a row a log may be refused. */
const mostRefusals = 3

/**
 * Follows the output of a container. A run is done with when a reading that began after its end has come to its own end;
 * whatever breaks off before is gone on with behind the last line that was read.
 */
export function containerLog(deps: ContainerLogDeps, options: ContainerLogOptions): ContainerLog {
  const { clock, logs, tasks } = deps
  const { span, resource } = options
  const prefixed = linePrefixer()
  let since = options.since
  let latest: ContainerRun | undefined
  let done: string | undefined
  let reading: AbortController | undefined
  let listeners: (() => void)[] = []
  let failures = 0
  /** Of the present run. */
  let refusals = 0
  let said: string | undefined
  let wanted = true
  let asleep = false
  let closed = false
  let cancelRetry: (() => void) | undefined
  let cancelLinger = (): void => {}

  const read = async ({ before }: ContainerRun, signal: AbortSignal): Promise<void> => {
    const missedOne = before !== undefined && before !== done
    for await (const { text, time } of options.read({ since, missedOne }, signal)) {
      logs.append(span, prefixed(text, options.prefix()))
      if (since === undefined || time > since) since = time
      failures = 0
    }
    logs.flush(span)
  }

  const go = (): void => {
    if (closed || !wanted || reading !== undefined || latest === undefined) return
    if (!latest.started || latest.key === done) return
    cancelRetry?.()
    cancelRetry = undefined
    begin(latest)
  }

  const begin = (seen: ContainerRun): void => {
    const abort = new AbortController()
    reading = abort
    logs.span({ id: span, resource, source: 'runtime' })
    tasks.run(`log of ${seen.name}`, async () => {
      try {
        await read(seen, abort.signal)
        reading = undefined
        ended(seen)
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

  const ended = (seen: ContainerRun): void => {
    const isOver = !seen.running
    if (isOver) done = seen.key
    const now = latest ?? seen
    if (now.key !== seen.key) go()
    else if (!isOver) retry() // Its end is not known here yet.
  }

  const failed = async (seen: ContainerRun, error: unknown): Promise<void> => {
    const message = worldsNo(error)
    failures += 1
    if (isAway(error)) {
      // One that was cut off may be opened again; one that cannot be opened has no engine.
      if (failures > 1) deps.reportLost(error)
    } else {
      if (await isGone()) return
      refusals += 1
      if (refusals >= mostRefusals || isForbidden(error)) {
        if (message !== said) logs.append(span, `The log of ${seen.name} cannot be read: ${message}\n`, 'warn')
        said = message
        done = (latest ?? seen).key
        failures = 0
        refusals = 0
        return
      }
    }
    retry()
  }

  const isGone = async (): Promise<boolean> => {
    try {
      return await options.isGone()
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
    see(run) {
      const isNew = asleep || !wanted || latest?.key !== run.key
      if (isNew) refusals = 0
      latest = run
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
      if (latest === undefined || latest.running) return Promise.resolve()
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

/** Nothing answers: worth waiting for. */
function isAway(error: unknown): error is TiltError {
  return isTiltError(error) && (error.code === 'docker/unreachable' || error.code === 'kubernetes/unreachable')
}

function isForbidden(error: unknown): boolean {
  return isTiltError(error) && error.code === 'kubernetes/forbidden'
}
