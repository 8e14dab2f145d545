import type { Cmd, CmdStatus } from '@tiltts/spec'

/** Where a server stands, seen from the run that is wanted of it. */
export type ServerState =
  /** Nothing asked for it yet. */
  | { readonly is: 'idle' }
  /** Asked for, not running yet: it waits for the run before it, or for its turn. */
  | { readonly is: 'starting' }
  | { readonly is: 'running'; readonly run: NonNullable<CmdStatus['running']>; readonly ready: boolean }
  /** Ended by itself, or never came up; `restarts` when it is started again by itself. */
  | {
      readonly is: 'ended'
      readonly run: NonNullable<CmdStatus['terminated']>
      readonly restarts: boolean
      /** Short runs in a row that failed; 0 when it is not started again. */
      readonly failures: number
    }
  /** Ended because somebody stopped it. */
  | { readonly is: 'stopped'; readonly run: NonNullable<CmdStatus['terminated']> }

/** Reads the state of a `serve` command. What its status says of an earlier run does not count. */
export function serverState(serve: Pick<Cmd, 'spec' | 'status'> | undefined): ServerState {
  if (serve?.spec.runId === undefined) return { is: 'idle' }
  const { spec, status } = serve
  if (status.runId !== spec.runId || status.waiting !== undefined) return { is: 'starting' }
  if (status.running !== undefined) return { is: 'running', run: status.running, ready: status.ready }
  if (status.terminated === undefined) return { is: 'starting' }
  if (spec.stopRunId === spec.runId) return { is: 'stopped', run: status.terminated }
  const restarts = status.nextRestartAt !== undefined
  return { is: 'ended', run: status.terminated, restarts, failures: status.failuresInARow ?? 0 }
}

/** How a command ended, for people: `exited with code 1`, `killed`, `spawn ENOENT: …`. */
export function exitText(run: NonNullable<CmdStatus['terminated']>): string {
  return run.reason ?? `exited with code ${run.exitCode}`
}
