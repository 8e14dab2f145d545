import { eachStep } from './each-step.js'
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
 * were when it began, so that one can still read how things stood. All of that is tried, whatever goes wrong; the first
 * error is what `ended` rejects with.
 */
export function stopEngine(engine: Engine, ports: Ports): Stopping {
  const { scheduler, tiltfile, running, cmd, waits, tasks, fileWatch, functions, manager } = engine
  const { containers, pruning, channels, cluster, clusterGc, applies, pods } = engine

  const { attempt, check } = eachStep()
  const end = async (): Promise<void> => {
    const begun = [
      attempt(() => scheduler.stop()),
      attempt(() => manager.stop()),
      attempt(() => tiltfile.close()),
      attempt(() => cmd.stopAll()),
      attempt(() => running.cancelAll()),
      attempt(() => waits.close()),
      attempt(() => pruning.close()),
      attempt(() => cluster.close()),
      attempt(() => clusterGc.close()),
      attempt(() => applies.close()),
      attempt(() => containers.close()),
      attempt(() => pods.close()),
    ]
    await Promise.all(begun)
    await attempt(() => fileWatch.closeAll())
    await attempt(() => functions.replace(undefined)?.release())
    await attempt(() => ports.configHost.close())
    await attempt(() => ports.processes.close())
    await attempt(() => tasks.ended())
    await attempt(() => channels.closeAll())
    await attempt(() => pods.closeChannels())
    await attempt(() => ports.docker.close())
    await attempt(() => ports.kubernetes.close())
    await attempt(() => ports.files.close())
    check()
  }

  return {
    kill() {
      // Both are told: a process may belong to a config that is being evaluated rather than to a Cmd.
      void attempt(() => cmd.stopAll(0))
      void attempt(() => ports.processes.close(0))
    },
    ended: end(),
  }
}
