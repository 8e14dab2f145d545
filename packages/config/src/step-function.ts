import type { ExecOptions, ExecResult } from './collector/exec-request.js'

/** What a function of the config is given when it runs as a step. */
export interface StepContext {
  /** Aborted when the step is stopped: by an edit, a disable, the end of the session, or its time limit. */
  readonly signal: AbortSignal
  /** Name of the resource it runs for. */
  readonly resource: string
  /** The environment that a command would have here, with the resource's own `env`. */
  readonly env: Readonly<Record<string, string>>
  /** Values of a button's inputs; empty elsewhere. */
  readonly inputs: Readonly<Record<string, string | boolean>>
  /** Absolute paths that changed since the last successful run; empty on a first run or a trigger. */
  readonly changedFiles: readonly string[]
  /** Writes a line to the resource's log. */
  log(...words: unknown[]): void
  /**
   * Runs a command whose output goes to the resource's log. It is stopped with the step.
   * Rejects when it exits with anything but 0, unless `allowFailure` is set.
   */
  exec(command: string | readonly string[], options?: ExecOptions): Promise<ExecResult>
}

/** TypeScript as a step. It runs in the process of the config; a throw or a rejection is a failure of the step. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement fits
export type StepFunction = (ctx: StepContext) => void | PromiseLike<unknown>
