import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import type { Diagnostic } from '@tiltts/spec'
import type { Ports } from './ports/index.js'

export interface SessionOptions {
  readonly command: 'dev' | 'ci'
  /** Absolute path of the config, also when it does not exist yet. */
  readonly mainPath: string
  /** What stood after `--`. */
  readonly args: readonly string[]
  /** The environment of all commands, TILT_PORT and the like included. */
  readonly env: Readonly<Record<string, string>>
  /** `ci` only; the config's ciSettings win. @default 1800000 */
  readonly ciTimeoutMs?: number | undefined
  readonly version: string
  /** Whether images that earlier sessions have built count. @default true */
  readonly useRecords?: boolean | undefined
  /** Whether output ends where colours are shown; commands are then told so by FORCE_COLOR. @default false */
  readonly colour?: boolean | undefined
  /** Whether local ports are opened that lead to pods. @default true */
  readonly portForwards?: boolean | undefined
  /** Called after each good evaluation, with all names of resources. */
  readonly onNames?: ((names: readonly string[]) => void) | undefined
}

/** Why a session came to its end. */
export interface SessionOutcome {
  /** 0 ok · 1 a resource failed or timed out · 2 config error. */
  readonly exitCode: 0 | 1 | 2
  /** One line; empty when all is well. */
  readonly reason: string
  readonly diagnostics: readonly Diagnostic[]
}

/** One `dev` or `ci`. */
export interface Session {
  readonly store: ObjectStore
  readonly logs: LogStore
  /** Resolves when `ci` has its verdict, or an engine error ends the session; in `dev` it stays pending. */
  readonly finished: Promise<SessionOutcome>
  start(): Promise<void>
  /** Stops in reverse order of starting: servers in parallel, each with its grace time. Again: kills at once. */
  stop(): Promise<void>
  /** Asks for an update. Throws a TiltError `session/unknown-resource`; refuses disabled ones with a message. */
  trigger(name: string, by: string): TriggerResult
  /** Stops the present update or server of one resource. */
  stopResource(name: string): void
  /** Replaces the user's arguments and evaluates again; false when they are the same. */
  setArgs(args: readonly string[]): boolean
}

export type TriggerResult =
  | { readonly ok: true; readonly update: string }
  | { readonly ok: false; readonly message: string }

export type CreateSession = (input: { readonly ports: Ports; readonly options: SessionOptions }) => Session
