import type { LogChunk, PodContainerRef, PodLogOptions } from '@tiltts/runtime/ports'
import { kubernetesRefusal } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import { nanoTime } from '../../../docker/engine-time.js'
import type { Transport } from '../../transport.js'
import { backoffMs } from '../../watch/backoff.js'
import { podPath } from '../pod-path.js'
import type { StreamDeps } from '../stream-deps.js'
import { type ContainerRun, chosenRun, containerRuns } from './container-run.js'
import { type LogSeam, logSeam } from './log-seam.js'
import { readUntilSilent } from './read-until-silent.js'

const FIRST_SILENCE_MS = 30_000
const LONGEST_SILENCE_MS = 240_000

/**
 * Output of one run of a container to its end, over as many streams as it takes. A stream that is silent for long is
 * replaced by another one, since a connection that is dead looks the same.
 */
export async function* podLogs(
  deps: StreamDeps,
  target: PodContainerRef,
  options: PodLogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogChunk> {
  signal.throwIfAborted()
  const seam = logSeam(options.since)
  let chosen: string | undefined
  let opened = false
  let failures = 0
  let silenceMs = FIRST_SILENCE_MS

  for (;;) {
    try {
      const runs = await containerRuns(deps.transport, target, signal)
      const run = chosen === undefined ? chosenRun(runs, options) : runs.find(({ id }) => id === chosen)
      // There is no more to be had of it.
      if (chosen !== undefined && run === undefined) return
      chosen = run?.id
      const part = await openPart(deps, target, { run, seam, previous: options.previous ?? false }, signal)
      opened = run !== undefined
      const before = seam.since()
      const reader = seam.begin()
      let silent = false
      const stream = readUntilSilent(part, { clock: deps.clock, silenceMs, signal })
      for await (const event of stream) {
        failures = 0
        if (event === 'silent') {
          silent = true
          break
        }
        const chunk = reader.read(event)
        if (!chunk) continue
        silenceMs = FIRST_SILENCE_MS
        yield chunk
      }
      signal.throwIfAborted()
      if (silent) {
        silenceMs = Math.min(2 * silenceMs, LONGEST_SILENCE_MS)
        continue
      }
      if (run === undefined) {
        // Servers answer with nothing as long as a pod has no node. What came all the same is of a run that began meanwhile.
        if (seam.since() === before) throw notStarted(target)
        continue
      }
      if (run.is !== 'running') {
        const rest = reader.finish()
        if (rest) yield rest
        return
      }
      // It has ended, or the server that told of it. The pod knows a little later.
      failures++
    } catch (error) {
      signal.throwIfAborted()
      if (opened && isGone(error)) return
      if (!opened || !isPassing(error)) throw error
      failures++
    }
    await deps.clock.sleep(backoffMs(failures, Math.random()), signal)
  }
}

function notStarted({ pod, container }: PodContainerRef): InfraError {
  const message = `container "${container}" in pod "${pod}" is waiting to start`
  const details = { status: 400, reason: 'BadRequest', message, causes: [] }
  return new InfraError('kubernetes/refused', 'kubernetes', message, { details })
}

interface PartOptions {
  readonly run: ContainerRun | undefined
  readonly seam: LogSeam
  readonly previous: boolean
}

async function openPart(
  { transport }: StreamDeps,
  target: PodContainerRef,
  { run, seam, previous }: PartOptions,
  signal: AbortSignal,
): ReturnType<Transport['stream']> {
  const since = seam.since()
  return transport.stream('GET', podPath(target, 'log'), {
    query: {
      container: target.container,
      timestamps: true,
      follow: run?.is === 'running' ? true : undefined,
      // Without a run it is the server that says why there is none.
      previous: run?.is === 'previous' || (run === undefined && previous) ? true : undefined,
      sinceTime: since === undefined ? undefined : secondBefore(since),
    },
    accept: '*/*',
    signal,
  })
}

/** Servers take whole seconds, and of two outputs the later line may have the earlier time. */
function secondBefore(time: string): string {
  const ms = Date.parse(`${(nanoTime(time) ?? time).slice(0, 19)}Z`)
  return Number.isNaN(ms) ? time : `${new Date(ms - 1000).toISOString().slice(0, 19)}Z`
}

function isGone(error: unknown): boolean {
  const status = kubernetesRefusal(error)?.status
  return status === 404 || status === 400
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof InfraError)) return false
  return error.code === 'kubernetes/unreachable' || (kubernetesRefusal(error) !== undefined && error.retry)
}
