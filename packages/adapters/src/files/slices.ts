import { setImmediate as nextTurn } from 'node:timers/promises'

/** Longest time that work holds the event loop, in milliseconds. */
const sliceMs = 8

/** Runs a long piece of work to its end, letting everything else have its turn in between. */
export async function inSlices(work: Iterator<unknown>): Promise<void> {
  let until = performance.now() + sliceMs
  while (work.next().done !== true) {
    if (performance.now() < until) continue
    await nextTurn()
    until = performance.now() + sliceMs
  }
}
