import type { Recorder } from './recorder.js'
import type { Collector } from './types.js'

const key: unique symbol = Symbol.for('tiltts.collector')

interface Global {
  [key]?: Recorder | undefined
}

/**
 * Makes a collector the one that builders of every copy of this package report to, at
 * `globalThis[Symbol.for('tiltts.collector')]`.
 *
 * @returns Takes it away again, and puts back the one that was there before.
 */
export function installCollector(collector: Collector): () => void {
  const global = globalThis as Global
  const before = global[key]
  global[key] = collector as Recorder
  return () => {
    global[key] = before
  }
}

/** The collector that is installed, if any. */
export function installedCollector(): Recorder | undefined {
  return (globalThis as Global)[key]
}
