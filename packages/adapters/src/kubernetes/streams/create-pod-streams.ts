import type { PodStreamParts, PodStreams } from '../assemble-kubernetes.js'
import { openPodContainer } from './container/open-pod-container.js'
import { connectPod } from './forward/connect-pod.js'
import { podLogs } from './logs/pod-logs.js'
import type { StreamDeps } from './stream-deps.js'
import { terminalInPod } from './terminal/terminal-in-pod.js'

/** What goes on for as long as a pod does: logs, files and commands, connections. `close` ends all of it. */
export function createPodStreams({ connect, clock }: PodStreamParts): PodStreams {
  const closing = new AbortController()
  const deps = async (): Promise<StreamDeps> => ({ transport: (await connect()).transport, clock })
  const both = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closing.signal])
  return {
    async *logs(target, options, signal) {
      yield* podLogs(await deps(), target, options, both(signal))
    },
    openContainer: async (target, signal, options) => openPodContainer(await deps(), target, signal, options),
    connect: async (pod, port, signal) => connectPod(await deps(), pod, port, both(signal)),
    openTerminal: async (request, signal) => terminalInPod(await deps(), request, both(signal)),
    async close() {
      closing.abort(new Error('the session has ended'))
    },
  }
}
