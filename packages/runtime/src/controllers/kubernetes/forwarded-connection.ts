import { isTiltError, type Millis, type Pod } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Kubernetes, PodConnection } from '../../ports/kubernetes.js'
import type { LocalConnection } from '../../ports/listeners.js'
import { wasNotTaken } from '../../ports/not-taken.js'
import { worldsNo } from '../tasks.js'
import { type Replayable, replayable } from './replayable.js'

/** Where connections of a forward go at the moment. */
export interface ForwardTarget {
  /** The pod to go to, and its port; `undefined`: none runs. */
  now(): { readonly pod: Pod; readonly port: number } | undefined
  /** Whether a pod can still answer. */
  isAlive(pod: Pod): boolean
  /** Resolves when any of it may be otherwise. */
  changed(signal: AbortSignal): Promise<void>
}

export interface ForwardedConnectionDeps {
  readonly kubernetes: Pick<Kubernetes, 'connect'>
  readonly clock: Clock
}

/** So long a connection waits for a pod that runs. */
const patienceMs: Millis = 10_000

/** So often a pod is tried again that does not become better, since each time costs the cluster something. */
const againMs: Millis = 1_000
/** What a pod has said with its last breath may still be on its way. */
const lastWordsMs: Millis = 1_000

/**
 * Leads one connection to the pod that is best now, to its end. One that a pod does not take, since it has just ended or has
 * only begun to start, is led to the next one, or to the same as soon as it does.
 *
 * @returns why it could not be made; `undefined`: it was made, whatever became of it
 */
export async function forwardConnection(
  deps: ForwardedConnectionDeps,
  local: LocalConnection,
  target: ForwardTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  const patience = new AbortController()
  const cancel = deps.clock.timer(patienceMs, () => patience.abort(new Error('nobody is patient for ever')))
  const waiting = AbortSignal.any([signal, patience.signal])
  const input = replayable(local.input)
  try {
    for (;;) {
      const opened = await openRemote(deps, target, signal, waiting)
      if (typeof opened === 'string') {
        local.destroy()
        return opened
      }
      const refusal = await lead(deps, { local, input, target, ...opened }, signal)
      if (refusal === undefined) return undefined
      if (waiting.aborted || !input.isWhole() || !mayTakeLater(target, opened.pod)) {
        local.destroy()
        return refusal
      }
      await untilBetter(deps.clock, target, opened.pod, waiting)
    }
  } catch (error) {
    if (signal.aborted) return 'the forward was closed'
    throw error
  } finally {
    cancel()
  }
}

interface Led {
  readonly local: LocalConnection
  readonly input: Replayable
  readonly target: ForwardTarget
  readonly pod: Pod
  readonly remote: PodConnection
}

/** @returns why nobody took it; `undefined`: it has ended, or was broken off */
async function lead(deps: ForwardedConnectionDeps, led: Led, signal: AbortSignal): Promise<string | undefined> {
  const { local, input, remote } = led
  let isOver = false
  let heard = false
  const breakOff = (): void => {
    if (isOver) return
    isOver = true
    local.destroy()
    remote.close()
  }
  const ended = new AbortController()
  signal.addEventListener('abort', breakOff, { once: true })
  void untilGone(deps.clock, led, ended.signal).then(breakOff)
  const there = pump(input.read(), remote.write, remote.end)
  const answer = async (chunk: Uint8Array): Promise<void> => {
    heard = true
    input.forget()
    await local.write(chunk)
  }
  const back = pump(remote.output, answer, local.end)
  try {
    await Promise.all([there, back])
    remote.close()
  } catch {
    remote.close()
    const refusal = isOver || heard ? undefined : await back.then(() => undefined, refusalOf)
    if (refusal !== undefined && !isOver) {
      // It may still wait for what comes in, which is for the next one to read.
      there.catch(() => {})
      return refusal
    }
    // One side broke, by whatever it says: the other one is to see that it is no end. Nobody is told of it, as
    // connections break.
    breakOff()
    await Promise.allSettled([there, back])
  } finally {
    isOver = true
    ended.abort()
    signal.removeEventListener('abort', breakOff)
  }
  return undefined
}

function refusalOf(error: unknown): string | undefined {
  return wasNotTaken(error) ? worldsNo(error) : undefined
}

/** Connections to a pod that is no more may hang for ever. Resolves a moment after it has gone; never, once aborted. */
async function untilGone(clock: Clock, { target, pod }: Led, ended: AbortSignal): Promise<void> {
  while (target.isAlive(pod) && !ended.aborted) await target.changed(ended)
  await new Promise<void>((resolve) => {
    const cancel = clock.timer(lastWordsMs, resolve)
    if (ended.aborted) cancel()
    else ended.addEventListener('abort', cancel, { once: true })
  })
}

/** A pod that is ready, is there to stay, and refuses, is as good as it gets. */
function mayTakeLater(target: ForwardTarget, { uid }: Pod): boolean {
  const next = target.now()?.pod
  return next === undefined || next.uid !== uid || next.deleting || !next.ready
}

/** Resolves when there is another pod than this one, or it is ready; at the latest when it is to be tried again. */
async function untilBetter(clock: Clock, target: ForwardTarget, { uid }: Pod, signal: AbortSignal): Promise<void> {
  const done = new AbortController()
  const cancel = clock.timer(againMs, () => done.abort(new Error('long enough')))
  const either = AbortSignal.any([signal, done.signal])
  for (;;) {
    const next = target.now()?.pod
    if (either.aborted || (next !== undefined && (next.uid !== uid || (next.ready && !next.deleting)))) break
    await target.changed(either)
  }
  cancel()
  done.abort(new Error('it is better'))
}

async function pump(
  from: AsyncIterable<Uint8Array>,
  write: (chunk: Uint8Array) => Promise<void>,
  end: () => void,
): Promise<void> {
  for await (const chunk of from) await write(chunk)
  end()
}

async function openRemote(
  { kubernetes, clock }: ForwardedConnectionDeps,
  target: ForwardTarget,
  signal: AbortSignal,
  waiting: AbortSignal,
): Promise<{ readonly pod: Pod; readonly remote: PodConnection } | string> {
  let refusal = 'no pod runs'
  while (!waiting.aborted) {
    const goal = target.now()
    if (goal === undefined) {
      await target.changed(waiting)
      continue
    }
    const { pod, port } = goal
    try {
      return { pod, remote: await kubernetes.connect({ namespace: pod.namespace, pod: pod.name }, port, signal) }
    } catch (error) {
      if (signal.aborted || !isTiltError(error) || error.class !== 'infra') throw error
      refusal = error.message
      if (!mayTakeLater(target, pod)) return refusal
      await untilBetter(clock, target, pod, waiting)
    }
  }
  return refusal
}
