/** Processes of the system. Each runs in a process group of its own and never outlives the session. */
export interface Processes {
  /** Starts at once. Does not throw: a command that cannot be started is an exit with a reason. */
  spawn(request: SpawnRequest): RunningProcess
  /** Ends what processes of this project's earlier sessions left behind. Returns how many were ended. */
  reap(): Promise<number>
  /**
   * Ends all that still runs, at once and in parallel, each within its own grace time, or within `graceMs` when that is
   * shorter. Again: the shorter grace time wins, so `close(0)` cuts a slow end short. Nothing can be started afterwards.
   */
  close(graceMs?: number): Promise<void>
}

export interface SpawnRequest {
  /** No shell is put around it. */
  readonly argv: readonly string[]
  readonly dir: string
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>
  readonly stdin?: string | undefined
  /** stdout and stderr in the order they come. Absent: thrown away. */
  readonly onOutput?: ((text: string, stream: 'stdout' | 'stderr') => void) | undefined
  /** SIGTERM to SIGKILL when the session ends. @default 10000 */
  readonly graceMs?: number | undefined
  /** Run once for its output rather than by the hundred: found and quoted with care, not started as cheaply as can be. @default false */
  readonly oneOff?: boolean | undefined
}

export interface RunningProcess {
  /** Absent when it could not be started. */
  readonly pid: number | undefined
  /** Resolves when the process has ended and all its output was handed over. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /**
   * SIGTERM to the group, SIGKILL after the grace time; resolves when the whole group is gone.
   * Again: the shorter grace time wins.
   */
  stop(graceMs: number): Promise<void>
}

export interface ProcessExit {
  /** 137 when it was killed by us, 128+n for another signal, 1 when it could not be started. */
  readonly exitCode: number
  readonly signal?: string | undefined
  /** Set when the code does not say it all: `spawn ENOENT: no such command "foo"`. */
  readonly reason?: string | undefined
}
