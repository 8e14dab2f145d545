import type { EvaluationResult, LogLevel, ManifestSource } from '@tiltts/spec'
import type { ManifestLoad } from './manifests.js'

/** Evaluates configs in processes of their own, and keeps the functions they declare. */
export interface ConfigHost {
  /** Starts the standby, so that the first evaluation is warm. */
  prepare(): void
  /** Never rejects for what the user did wrong: that is in the diagnostics. Aborting ends the evaluation with `build canceled`. */
  evaluate(request: EvaluateRequest, signal: AbortSignal): Promise<Evaluation>
  close(): Promise<void>
}

export interface EvaluateRequest {
  /** Absolute. */
  readonly mainPath: string
  /** What stood after `--`. */
  readonly args: readonly string[]
  readonly command: 'dev' | 'ci' | 'down' | 'args' | 'check'
  /** The environment the config sees; its changes do not reach the next evaluation. */
  readonly env: Readonly<Record<string, string>>
  /** The context and namespace of the session, for configs that ask; absent: there is none. */
  readonly kubernetes?: { readonly context: string; readonly namespace: string } | undefined
  /** Reads manifests for a config that wants to look at them while it is evaluated. */
  readonly render?: ((sources: readonly ManifestSource[], signal: AbortSignal) => Promise<ManifestLoad>) | undefined
  /** What the config prints, line by line or in pieces. */
  readonly onLog: (text: string, level: LogLevel) => void
}

export interface Evaluation {
  readonly result: EvaluationResult
  /** The functions of this evaluation. Release it when another took its place; running calls are waited for. */
  readonly functions: FunctionHost
}

export interface FunctionHost {
  /** Rejects with a UserError when the function throws, is aborted, blocks or takes longer than `timeoutMs`. */
  call(request: FunctionCall, signal: AbortSignal): Promise<unknown>
  /** argv of a process that evaluates the config anew and runs this one function, for servers. */
  argv(fnId: string, context: FunctionContext): readonly string[]
  release(): Promise<void>
}

export interface FunctionCall {
  readonly fnId: string
  readonly context: FunctionContext
  /** Plain data that the function is called with in place of the context. */
  readonly args?: readonly unknown[] | undefined
  /** 0: no limit. */
  readonly timeoutMs: number
  readonly onLog: (text: string, level?: LogLevel) => void
}

/** What a function gets as plain data; signal, log and exec are added in the host. */
export interface FunctionContext {
  readonly resource: string
  readonly env: Readonly<Record<string, string>>
  readonly dir: string
  readonly inputs: Readonly<Record<string, string | boolean>>
  readonly changedFiles: readonly string[]
}
