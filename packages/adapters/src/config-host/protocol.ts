import type { EvaluateRequest, FunctionContext, ManifestLoad } from '@tiltts/runtime/ports'
import type {
  ConfigRead,
  Diagnostic,
  EvaluationResult,
  Json,
  LogLevel,
  ManifestSource,
  Place,
  SecretSpec,
} from '@tiltts/spec'

/** What a host process is told when it is started, before it knows which config it will evaluate. */
export interface HostSetup {
  /** Folder of the package `tiltts` that answers `import 'tiltts'` where the project has none. Absolute. */
  readonly cliPackageDir: string
  readonly version: string
}

/** One evaluation, as far as the host needs to know it. */
export interface HostRequest {
  readonly mainPath: string
  readonly args: readonly string[]
  readonly command: 'dev' | 'ci' | 'down' | 'args' | 'check'
  readonly env: Readonly<Record<string, string>>
  readonly kubernetes?: EvaluateRequest['kubernetes']
}

/** A command that the host asks the engine to run. */
export interface HostExec {
  readonly argv: readonly string[]
  readonly dir: string
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string | undefined
  readonly quiet: boolean
  readonly echoOff: boolean
}

/** From the engine to the host, over the IPC channel. */
export type ToHost =
  | { readonly type: 'evaluate'; readonly request: HostRequest }
  | {
      readonly type: 'call'
      readonly id: number
      readonly fnId: string
      readonly context: FunctionContext
      /** What it is called with, when that is not the context. */
      readonly args?: readonly unknown[] | undefined
    }
  | { readonly type: 'abort'; readonly id: number; readonly reason: string }
  | { readonly type: 'ping' }
  | { readonly type: 'exec-output'; readonly id: number; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'exec-ended'; readonly id: number; readonly exitCode: number }
  | { readonly type: 'rendered'; readonly id: number; readonly outcome: RenderOutcome }
  | { readonly type: 'leave' }

/** What a host is about to do that may be the last thing it does. */
export type LastDeed = 'process.kill' | 'process.abort' | 'spawnSync'

/** From the host to the engine, over the up channel, in the order in which things happened. */
export type FromHost =
  | { readonly type: 'standby' }
  | { readonly type: 'pong' }
  | { readonly type: 'read'; readonly read: ConfigRead }
  | { readonly type: 'secret'; readonly secret: SecretSpec }
  | {
      readonly type: 'deed'
      readonly call: CallId
      readonly deed: LastDeed | undefined
      readonly places: readonly Place[]
    }
  | { readonly type: 'exec'; readonly id: number; readonly call: number; readonly request: HostExec }
  | { readonly type: 'render'; readonly id: number; readonly sources: readonly ManifestSource[] }
  | {
      readonly type: 'result'
      readonly result: EvaluationResult
      readonly functions: readonly FunctionPlace[]
      /** Whether the project has no tiltts of its own. */
      readonly lent: boolean
    }
  /** The host's own code failed. */
  | { readonly type: 'bug'; readonly message: string }
  | { readonly type: 'settled'; readonly id: number; readonly outcome: CallOutcome }

/** Where a function was handed to tiltts: shown when it blocks or takes too long. */
export interface FunctionPlace {
  readonly id: string
  readonly place: Place | undefined
}

/** What came of manifests that the host asked the engine to read, or why nothing came. */
export type RenderOutcome = ManifestLoad | { readonly failure: string }

export type CallOutcome =
  | { readonly ok: true; readonly value: Json | undefined }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/** The call that output belongs to; 0 is the evaluation itself. */
export type CallId = number

/** Output of the config or of one of its functions. */
export interface HostLog {
  readonly call: CallId
  readonly level: LogLevel
  readonly text: string
}
