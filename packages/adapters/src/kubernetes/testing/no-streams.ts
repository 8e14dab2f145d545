import type { PodStreams } from '../assemble-kubernetes.js'

/** For tests that are about objects only. */
export function noStreams(): PodStreams {
  const none = (): never => {
    throw new Error('this test has no streams of pods')
  }
  return { logs: none, openContainer: none, connect: none, openTerminal: none, close: async () => {} }
}
