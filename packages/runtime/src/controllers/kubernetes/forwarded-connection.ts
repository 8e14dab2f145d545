import { isTiltError, type Millis, type Pod } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Kubernetes, PodConnection } from '../../ports/kubernetes.js'
import type { LocalConnection } from '../../ports/listeners.js'

/** Where connections of a forward go at the moment. */
export interface ForwardTarget {
  /** The pod to go to, and its port; `undefined`: none runs. */
  now(): { readonly pod: Pod; readonly port: number } | undefined
  /** Resolves when that may be another one. */
  changed(signal: AbortSignal): Promise<void>
}

export interface ForwardedConnectionDeps {
  readonly kubernetes: Pick<Kubernetes, 'connect'>
  readonly clock: Clock
}

/** So long a connection waits for a pod that runs. */
const patienceMs: Millis = 10_000

/**
 * Leads one connection to the pod that is best now, to its end.
 *
 * @returns why it could not be made; `undefined`: it was made, whatever became of it
 */
export async function forwardConnection(
  deps: ForwardedConnectionDeps,
  local: LocalConnection,
  target: ForwardTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  const opened = await openRemote(deps, target, signal)
  if (typeof opened === 'string') {
    local.destroy()
    return opened
  }
  const breakOff = (): void => {
    local.destroy()
    opened.close()
  }
  signal.addEventListener('abort', breakOff, { once: true })
  const there = pump(local.input, opened.write, opened.end)
  const back = pump(opened.output, local.write, local.end)
  try {
    await Promise.all([there, back])
    opened.close()
  } catch {
    // One side broke, by whatever it says: the other one is to see that it is no end. Nobody is told of it, as
    // connections break.
    breakOff()
    await Promise.allSettled([there, back])
  } finally {
    signal.removeEventListener('abort', breakOff)
  }
  return undefined
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
): Promise<PodConnection | string> {
  const patience = new AbortController()
  const cancel = clock.timer(patienceMs, () => patience.abort(new Error('nobody is patient for ever')))
  const waiting = AbortSignal.any([signal, patience.signal])
  let refusal = 'no pod runs'
  try {
    while (!waiting.aborted) {
      const goal = target.now()
      if (goal !== undefined) {
        const { pod, port } = goal
        try {
          return await kubernetes.connect({ namespace: pod.namespace, pod: pod.name }, port, signal)
        } catch (error) {
          if (signal.aborted || !isTiltError(error) || error.class !== 'infra') throw error
          refusal = error.message
          const next = target.now()?.pod
          // A pod that is there to stay, and refuses, is as good as it gets.
          if (next !== undefined && next.uid === pod.uid && !next.deleting) return refusal
          if (next !== undefined && next.uid !== pod.uid) continue
        }
      }
      await target.changed(waiting)
    }
    return refusal
  } catch (error) {
    if (signal.aborted) return 'the forward was closed'
    throw error
  } finally {
    cancel()
  }
}
