import type { FunctionRef } from '../graph/command.js'
import type { ProbeSpec } from '../graph/probe.js'
import type { ApiTime } from '../time.js'
import type { ApiObject, DisableSource } from './meta.js'
import { requiredFault, type SpecFault } from './spec-fault.js'

/** When a command that stands alone starts: at a click, not by itself. */
export interface StartOnSpec {
  /** Clicks before this time do not count. */
  readonly startAfter?: ApiTime | undefined
  /** Names of UIButtons. */
  readonly uiButtons: readonly string[]
}

/** What ends a command that stands alone and starts it again. */
export interface RestartOnSpec {
  /** Names of FileWatches. */
  readonly fileWatches?: readonly string[] | undefined
  /** Names of UIButtons. */
  readonly uiButtons?: readonly string[] | undefined
}

/**
 * A process, or a function of the config. One with a `role` belongs to a resource and runs once per `runId`; one without
 * stands alone: it runs as soon as it is there, or as `startOn` and `restartOn` say.
 */
export interface CmdSpec {
  /** argv; for a function its display text alone. */
  readonly args: readonly string[]
  /** Set when the command is a function of the config. */
  readonly function?: FunctionRef | undefined
  /** @default the folder of the config, to which others are relative */
  readonly dir: string
  /** `NAME=value`, on top of the session's environment. */
  readonly env: readonly string[]
  readonly probe?: ProbeSpec | undefined
  /** Of a resource's command: `server` is meant to go on running; `job` is meant to end. Absent: it stands alone. */
  readonly role?: 'job' | 'server' | undefined
  /** Without a button it starts at once. */
  readonly startOn?: StartOnSpec | undefined
  /** A newer event stops what runs and starts it again. */
  readonly restartOn?: RestartOnSpec | undefined
  /** A new value starts a new run; absent: nothing is started. */
  readonly runId?: string | undefined
  /** Files that caused the run, handed to functions. */
  readonly changedFiles?: readonly string[] | undefined
  /** @default 'never' */
  readonly restart?: 'never' | 'on-failure' | undefined
  /** SIGTERM to SIGKILL. @default 10000 */
  readonly stopGraceMs?: number | undefined
  /** Asks for the present run to be stopped. */
  readonly stopRunId?: string | undefined
  readonly disableSource?: DisableSource | undefined
}

export interface CmdStatus {
  /** Exactly one of the three. */
  readonly waiting?: { readonly reason: string } | undefined
  readonly running?: { readonly pid: number; readonly startedAt: ApiTime } | undefined
  readonly terminated?:
    | {
        readonly pid: number
        readonly exitCode: number
        readonly startedAt: ApiTime
        readonly finishedAt: ApiTime
        /** Why, when it is not just the exit code: `killed`, `spawn ENOENT …` */
        readonly reason?: string | undefined
      }
    | undefined
  readonly ready: boolean
  /** The `runId` this status speaks of. */
  readonly runId?: string | undefined
  /** Times a server was started again after a failure, within this run. */
  readonly restarts: number
  /** Failures in a row, each within 10 s of its start. They set the delay of the next start. */
  readonly failuresInARow?: number | undefined
  /** When the next start after a failure is due. */
  readonly nextRestartAt?: ApiTime | undefined
  readonly probe?: ProbeStatus | undefined
}

export interface ProbeStatus {
  readonly lastResult: 'success' | 'failure'
  readonly lastTime: ApiTime
  /** Failures in a row since the last success. */
  readonly failures: number
  /** What the probe said last: status line, output, error. At most 4 KB. */
  readonly lastOutput: string
  /** Since when it has not succeeded. */
  readonly failingSince?: ApiTime | undefined
}

export type Cmd = ApiObject<'Cmd', CmdSpec, CmdStatus>

/** All that is wrong with a command. */
export function cmdFaults({ args = [] }: CmdSpec): readonly SpecFault[] {
  return args.length === 0 || args[0] === '' ? [requiredFault('args')] : []
}
