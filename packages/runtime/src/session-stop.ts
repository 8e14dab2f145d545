import type { Ports } from './ports/ports.js'
import type { Engine } from './session-engine.js'

/** The end of a session under way. */
export interface Stopping {
  /** Ends at once what still takes its time. */
  kill(): void
  readonly ended: Promise<void>
}

/**
 * Ends a session in the reverse order of its start: nothing new is begun, updates are called off, servers are stopped
 * in parallel, each within its own grace time, then watches and the config's processes go. The objects stay as they
 * were when it began, so that one can still read how things stood.
 */
export function stopEngine(engine: Engine, ports: Ports): Stopping {
  const { scheduler, tiltfile, running, cmd, waits, tasks, fileWatch, functions, manager } = engine
  const { containers, pruning, channels, cluster, clusterGc, pods } = engine

  const end = async (): Promise<void> => {
    scheduler.stop()
    manager.stop()
    tiltfile.close()
    const stopped = cmd.stopAll()
    running.cancelAll()
    waits.close()
    pruning.close()
    cluster.close()
    clusterGc.close()
    await Promise.all([containers.close(), pods.close()])
    await stopped
    await fileWatch.closeAll()
    await functions.replace(undefined)?.release()
    await ports.configHost.close()
    await ports.processes.close()
    await tasks.ended()
    await channels.closeAll()
    await pods.closeChannels()
    await ports.docker.close()
    await ports.kubernetes.close()
    await ports.files.close()
  }

  return {
    kill() {
      // Both are told: a process may belong to a config that is being evaluated rather than to a Cmd.
      void cmd.stopAll(0)
      void ports.processes.close(0)
    },
    ended: end(),
  }
}
