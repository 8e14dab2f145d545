import type { Network, ProbeAnswer } from '@tiltts/runtime/ports'
import { connect } from './connect.js'
import { get } from './get.js'

/** The network of the machine. Each question has a connection of its own, which is closed with the answer. */
export function createNetwork(): Network {
  return {
    get: (request, signal) => within(request.timeoutMs, signal, (end) => get(request, end)),
    connect: (request, signal) => within(request.timeoutMs, signal, (end) => connect(request, end)),
  }
}

/** Begins to ask; calls `end` with the answer; the returned function gives up, and closes what is open. */
export type Question = (end: (answer: ProbeAnswer) => void) => () => void

/** The first of answer, time and signal. */
function within(timeoutMs: number, signal: AbortSignal | undefined, ask: Question): Promise<ProbeAnswer> {
  if (signal?.aborted) return Promise.resolve(canceled)
  return new Promise((resolve) => {
    let giveUp = (): void => {}
    const end = (answer: ProbeAnswer): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      giveUp()
      resolve(answer)
    }
    const abort = (): void => end(canceled)
    const timer = setTimeout(end, timeoutMs, { ok: false, output: `no answer within ${timeoutMs} ms` })
    signal?.addEventListener('abort', abort, { once: true })
    giveUp = ask(end)
  })
}

const canceled: ProbeAnswer = { ok: false, output: 'canceled' }
