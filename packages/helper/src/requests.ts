import { setTimeout as sleep } from 'node:timers/promises'
import { channelClosed, type FailureWords, failureOf } from './failure.js'
import { frameWriter } from './frame-writer.js'
import { type Frame, frameKind, frameReader } from './frames.js'
import { orAborted } from './or-aborted.js'
import type { HelperStream } from './stream.js'

/** One thing asked of the agent. */
export interface AgentRequest {
  readonly operation: number
  readonly body?: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | undefined
  readonly words: FailureWords
  readonly signal?: AbortSignal | undefined
  /** Gets stdout, stderr and pieces of the result as they come. */
  readonly onFrame?: ((frame: Frame) => void) | undefined
}

export interface AgentRequests {
  /**
   * Asks when all requests before are done with. Returns the payload of the answer. An abort rejects at once with its
   * reason; the next request still waits until the agent has stopped.
   */
  ask(request: AgentRequest): Promise<Uint8Array>
  /** Refuses further requests, rejects those that wait, and resolves when the stream is closed. */
  close(): Promise<void>
}

interface Running {
  readonly id: number
  readonly request: AgentRequest
  answered: boolean
  resolve: (payload: Uint8Array) => void
  reject: (error: unknown) => void
}

/** How long the end of a stream may take to be told after a write has failed, in milliseconds. */
const patienceMs = 1000

export function agentRequests(stream: HelperStream): AgentRequests {
  const writer = frameWriter(stream)
  let lastId = 0
  let running: Running | undefined
  let gone: Error | undefined
  let queue: Promise<unknown> = Promise.resolve()

  const leave = (error: Error): void => {
    gone ??= error
    running?.reject(gone)
  }
  const take = (frame: Frame): void => {
    // What still comes for an earlier request is of no use to anyone.
    if (running?.id !== frame.id) return
    if (frame.kind === frameKind.done) running.resolve(frame.payload)
    else if (frame.kind === frameKind.failed) running.reject(failureOf(running.request.words, frame.payload))
    else running.request.onFrame?.(frame)
  }
  const refuse = (bytes: Uint8Array): void => {
    leave(channelClosed(`it said ${JSON.stringify(Buffer.from(bytes).toString().slice(0, 300).trim())}`))
    stream.end()
  }
  stream.onData(frameReader(take, refuse))
  const closed = stream.closed.then((why) => leave(channelClosed(why)))

  /** Settles when the agent has answered, after an abort, too: until then it is busy with this request. */
  async function perform(request: AgentRequest): Promise<Uint8Array> {
    request.signal?.throwIfAborted()
    if (gone !== undefined) throw gone
    lastId = (lastId + 1) % 2 ** 32
    const current: Running = { id: lastId, request, answered: false, resolve: () => {}, reject: () => {} }
    const answer = new Promise<Uint8Array>((resolve, reject) => Object.assign(current, { resolve, reject }))
    running = current

    const cancel = (): void => {
      if (current.answered) return
      // A write that fails is the end of the stream, even if nobody says so; most often somebody soon says why.
      cancelRequest(current.id).catch(async (error: unknown) => {
        leave(channelClosed(await Promise.race([stream.closed, sleep(patienceMs, String(error), { ref: false })])))
      })
    }
    let broken: { readonly error: unknown } | undefined
    request.signal?.addEventListener('abort', cancel, { once: true })
    send(current).catch((error: unknown) => {
      broken = { error }
      cancel()
    })
    try {
      return await answer
    } catch (error) {
      // When the source of the body failed, the agent only knows that it was told to stop.
      throw broken !== undefined && gone === undefined ? broken.error : error
    } finally {
      current.answered = true
      running = undefined
      request.signal?.removeEventListener('abort', cancel)
    }
  }

  async function send(current: Running): Promise<void> {
    const { id, request } = current
    const isOver = (): boolean => current.answered || request.signal?.aborted === true
    await writer.put(frameKind.request, id, Uint8Array.of(request.operation))
    for await (const bytes of request.body ?? []) {
      if (isOver()) return
      if (bytes.length > 0) await writer.put(frameKind.body, id, bytes)
    }
    if (isOver()) return
    await writer.put(frameKind.end, id)
    await writer.flush()
  }

  async function cancelRequest(id: number): Promise<void> {
    await writer.put(frameKind.cancel, id)
    await writer.flush()
  }

  return {
    ask: (request) => {
      const turn = queue.then(() => perform(request))
      queue = turn.catch(() => {})
      return orAborted(turn, request.signal)
    },
    close: async () => {
      leave(channelClosed('tiltts is done with it'))
      stream.end()
      await closed
    },
  }
}
