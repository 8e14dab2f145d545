import type { Clock, Processes } from '@tiltts/runtime/ports'
import type { HostEntry } from './entry.js'

export interface ConfigHostOptions {
  /** Runs the commands of `exec`, so that they belong to the session like all others. */
  readonly processes: Processes
  readonly clock: Clock
  /** What host processes run. @default the sources beside this module */
  readonly entry?: HostEntry | undefined
  /** Folder of the package `tiltts` that answers `import 'tiltts'` where a project has none installed. Absolute. */
  readonly cliPackageDir: string
  /** Version of the running tiltts, for `versionSettings`. */
  readonly version: string
  /** Whether a next host is made ready after each evaluation. Not worth its while where there is only one. @default true */
  readonly keepStandby?: boolean | undefined
  /** Environment of host processes until they evaluate. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Told the id of each host's process group, to end it if this process dies. */
  readonly onGroup?: ((pgid: number) => void) | undefined
  readonly limits?: Partial<ConfigHostLimits> | undefined
}

/** Limits in milliseconds. */
export interface ConfigHostLimits {
  /** From the start of a host until it is ready. @default 60000 */
  readonly startMs: number
  /** How long the event loop of a config or a function may stand still. @default 10000 */
  readonly blockedMs: number
  /** How long a function may go on after it was aborted, before its caller stops waiting. @default 10000 */
  readonly abortMs: number
  /** SIGTERM to SIGKILL for commands of `exec`. @default 5000 */
  readonly commandGraceMs: number
  /** From being told to leave until being killed. @default 2000 */
  readonly leaveMs: number
  /** From the end of an evaluation to the start of the next host, which would otherwise compete with the updates. @default 200 */
  readonly standbyDelayMs: number
}

export const defaultLimits: ConfigHostLimits = {
  startMs: 60_000,
  blockedMs: 10_000,
  abortMs: 10_000,
  commandGraceMs: 5_000,
  leaveMs: 2_000,
  standbyDelayMs: 200,
}
