import type { HeldRun } from '@tiltts/core/schedule'
import type { Clock } from '../../ports/clock.js'
import type { RunningProcess } from '../../ports/processes.js'

/** A process that a Cmd holds. */
export interface Run extends HeldRun {
  /** SIGTERM, then SIGKILL after the grace time; resolves when nothing of it is left. Again: the shorter time wins. */
  stop(graceMs: number): Promise<void>
}

export interface RunOptions {
  readonly clock: Clock
  readonly runId: string
  readonly process: RunningProcess
  /** Says that stopping takes its time. */
  readonly onSlowStop: (leftMs: number) => void
}

/** After this time a stop is worth a line in the log. */
const slowStopMs = 1_500

export function holdRun({ clock, runId, process, onSlowStop }: RunOptions): Run {
  let stopping: Promise<void> | undefined
  const stopFirst = async (graceMs: number): Promise<void> => {
    const cancel = graceMs > slowStopMs ? clock.timer(slowStopMs, () => onSlowStop(graceMs - slowStopMs)) : undefined
    await process.stop(graceMs)
    cancel?.()
  }
  return {
    runId,
    get stopping() {
      return stopping !== undefined
    },
    async stop(graceMs) {
      if (stopping === undefined) stopping = stopFirst(graceMs)
      else await process.stop(graceMs)
      await stopping
    },
  }
}
