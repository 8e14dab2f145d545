import {
  type Clock,
  type KubernetesWatch,
  kubernetesRefusal,
  type WatchListener,
  type WatchSelection,
  type WatchState,
} from '@tiltts/runtime/ports'
import { InfraError, type KubernetesManifest } from '@tiltts/spec'
import type { KindPlace } from '../objects/kinds.js'
import { listPages } from '../objects/list-pages.js'
import { type ObjectParts, unknownKind } from '../objects/objects.js'
import { backoffMs, spread } from './backoff.js'
import { follow } from './follow.js'

/** Rights are given by people. */
const FORBIDDEN_MS = 30_000
/** A stream that ends sooner, and has told nothing, was none. */
const LIVED_MS = 1000
/** A server that says no as often in a row will never go on from there. */
const REFUSALS = 3

/** One stream: when the server began to follow, and how much it has told. */
interface Turn {
  openedAt: number | undefined
  events: number
}

/** Lists and follows until it is closed, come what may. */
export function watchObjects(
  parts: { readonly clock: Clock; readonly connect: () => Promise<ObjectParts> },
  selection: WatchSelection,
  listener: WatchListener,
): KubernetesWatch {
  const { clock } = parts
  const stop = new AbortController()
  const { signal } = stop
  let following = false
  /** Where a stream goes on; `undefined`: all has to be listed. */
  let version: string | undefined

  const say = (state: WatchState): void => {
    const again = following && state.is === 'following'
    following = state.is === 'following'
    if (!signal.aborted && !again) tell(() => listener.onState(state))
  }

  const list = async ({ transport }: ObjectParts, place: KindPlace): Promise<string> => {
    const objects: KubernetesManifest[] = []
    let first: string | undefined
    let from = ''
    for await (const page of listPages(transport, place, selection, signal)) {
      first ??= page.resourceVersion
      // Pages of different states: what has changed between them comes with the stream.
      from = page.inconsistent ? first : page.resourceVersion
      for (const object of page.objects) objects.push(object)
    }
    signal.throwIfAborted()
    tell(() => listener.onChange({ type: 'all', objects }))
    return from
  }

  const follows = async (turn: Turn): Promise<void> => {
    const connected = await parts.connect()
    const { apiVersion, kind } = selection
    const place = await connected.kinds.find(apiVersion, kind, signal)
    if (place === undefined) throw unknownKind(apiVersion, kind)
    version ??= await list(connected, place)
    await follow({
      transport: connected.transport,
      clock,
      place,
      selection,
      signal,
      resourceVersion: version,
      onOpen() {
        turn.openedAt = clock.now()
        say({ is: 'following' })
      },
      onEvent({ resourceVersion, change }) {
        turn.events += 1
        version = resourceVersion
        if (change && !signal.aborted) tell(() => listener.onChange(change))
      },
    })
  }

  const run = async (): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      const turn: Turn = { openedAt: undefined, events: 0 }
      const failure = await follows(turn).then(
        () => new Error('the server ends the watch at once'),
        (error: unknown) => error,
      )
      if (signal.aborted) return
      const isLost = kubernetesRefusal(failure)?.status === 410
      if (isLost) version = undefined
      // A stream that worked and was cut is taken up at once, and nobody has to know.
      if (turn.openedAt !== undefined && (turn.events > 0 || clock.now() - turn.openedAt >= LIVED_MS)) {
        failures = 0
        continue
      }
      failures += 1
      if (isLost && failures === 1) continue
      if (failures % REFUSALS === 0 && kubernetesRefusal(failure) !== undefined) version = undefined
      const is = failure instanceof InfraError && failure.code === 'kubernetes/forbidden' ? 'forbidden' : 'lost'
      const retryInMs = is === 'forbidden' ? spread(FORBIDDEN_MS, Math.random()) : backoffMs(failures, Math.random())
      say({ is, message: failure instanceof Error ? failure.message : String(failure), retryInMs })
      await pause(clock, retryInMs, signal)
    }
  }
  void run()
  return { close: () => stop.abort(new Error('the watch was closed')) }
}

/** What goes wrong in there is a mistake of ours, not of the watch: it ends the session instead of being tried again. */
function tell(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/** Over early when the watch is closed. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.timer(ms, () => {
      signal.removeEventListener('abort', closed)
      resolve()
    })
    const closed = (): void => {
      cancel()
      resolve()
    }
    signal.addEventListener('abort', closed, { once: true })
  })
}
