import { type CmdSpec, type CmdStatus, fromApiTime, type Millis, type ProbeStatus, toApiTime } from '@tiltts/spec'
import { failuresInARow, restartDelay, restartsAfter } from './restart-backoff.js'

/** A command before anything asked it to run. */
export const initialCmdStatus: CmdStatus = { waiting: { reason: 'not asked to run' }, ready: false, restarts: 0 }

/** A run waits for something before it can start, as for the end of the run before it. */
export function waiting(status: CmdStatus, runId: string, reason: string): CmdStatus {
  const kept = status.runId === runId ? status.restarts : 0
  return { waiting: { reason }, ready: false, restarts: kept, runId }
}

/** The process of a run is there. Without a probe it is ready by that. A second start of the same run is a restart. */
export function started(
  spec: Pick<CmdSpec, 'probe'>,
  status: CmdStatus,
  run: { readonly runId: string; readonly pid: number; readonly at: Millis },
): CmdStatus {
  const again = status.runId === run.runId && status.terminated !== undefined
  return {
    running: { pid: run.pid, startedAt: toApiTime(run.at) },
    ready: spec.probe === undefined,
    runId: run.runId,
    restarts: again ? status.restarts + 1 : 0,
    failuresInARow: again ? status.failuresInARow : undefined,
  }
}

/** How a run ended, as the process or the attempt to start it told. */
export interface RunExit {
  readonly runId: string
  readonly exitCode: number
  /** What the exit code does not say. */
  readonly reason?: string | undefined
  readonly at: Millis
  /** Ended by us: it is then not started again, and reads `killed` when no other reason is given. */
  readonly stopped: boolean
}

/**
 * A run has ended, or could not be started, which is the same with exit code 1 and a reason. Sets when it is to be
 * started again, if it is. The end of a run that this status no longer speaks of changes nothing.
 */
export function exited(spec: CmdSpec, status: CmdStatus, exit: RunExit): CmdStatus {
  const isPresent = status.runId === exit.runId
  if (!isPresent && spec.runId !== exit.runId) return status
  const running = isPresent ? status.running : undefined
  const startedAt = running?.startedAt ?? toApiTime(exit.at)
  const restarts = spec.runId === exit.runId && restartsAfter(spec, exit)
  const failures = restarts
    ? failuresInARow(isPresent ? (status.failuresInARow ?? 0) : 0, exit.at - fromApiTime(startedAt))
    : undefined
  return {
    terminated: {
      pid: running?.pid ?? 0,
      exitCode: exit.exitCode,
      startedAt,
      finishedAt: toApiTime(exit.at),
      reason: exit.reason ?? (exit.stopped ? 'killed' : undefined),
    },
    ready: false,
    runId: exit.runId,
    restarts: isPresent ? status.restarts : 0,
    failuresInARow: failures,
    nextRestartAt: failures === undefined ? undefined : toApiTime(exit.at + restartDelay(failures)),
    probe: isPresent ? status.probe : undefined,
  }
}

/** What a probe of a run found. Changes nothing once that run has ended. */
export function probed(
  status: CmdStatus,
  result: { readonly runId: string; readonly ready: boolean; readonly probe: ProbeStatus },
): CmdStatus {
  if (status.runId !== result.runId || status.running === undefined) return status
  return { ...status, ready: result.ready, probe: result.probe }
}
