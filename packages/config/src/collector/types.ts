import type {
  ConfigRead,
  Diagnostic,
  EvaluationResult,
  FunctionRef,
  ManifestDocument,
  ManifestSource,
  Place,
  SecretSpec,
} from '@tiltts/spec'

/** How the host sets an evaluation up. */
export interface CollectorOptions {
  readonly mainPath: string
  readonly args: readonly string[]
  readonly command: 'dev' | 'ci' | 'down' | 'args' | 'check'
  readonly platform: 'posix' | 'windows'
  readonly version: string
  /** Turns an Error that was made at a call of the user's into places, innermost first, own files only. */
  readonly places: (error: Error) => readonly Place[]
  /** Runs a command for `exec`; the engine owns the process. */
  readonly exec: (request: ExecRequest) => Promise<{ stdout: string; stderr: string; exitCode: number }>
  /** The context and namespace of the session; absent: there is none. */
  readonly kubernetes?: { readonly context: string; readonly namespace: string } | undefined
  /** Reads manifests for `renderYaml`; the engine does it. */
  readonly render?: ((sources: readonly ManifestSource[]) => Promise<RenderedManifests>) | undefined
  /** Hash of a function's source and of what it can reach. */
  readonly hashFunction: (fn: (...args: never[]) => unknown, madeAt: Error) => string
  /** What the config prints through tiltts. */
  readonly log: (text: string, level: 'info' | 'warn' | 'error') => void
  /** Told of each read as it is recorded, so that it is known even if the evaluation never ends. */
  readonly onRead?: ((read: ConfigRead) => void) | undefined
  /** Told of each secret as it is recorded, so that what the config prints next is scrubbed already. */
  readonly onSecret?: ((secret: SecretSpec) => void) | undefined
}

/** What came of reading manifests. */
export interface RenderedManifests {
  readonly documents: readonly ManifestDocument[]
  readonly diagnostics: readonly Diagnostic[]
  readonly reads: readonly ConfigRead[]
}

export interface ExecRequest {
  readonly argv: readonly string[]
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string | undefined
  /** Output is not shown while it runs. */
  readonly quiet: boolean
  /** The command itself is not shown. */
  readonly echoOff: boolean
}

/** Takes what the builders declare. One an evaluation, at `globalThis[Symbol.for('tiltts.collector')]`. */
export interface Collector {
  readonly options: CollectorOptions
  /** Runs what the main config exports as `default`, when that is a config function. Give it the module's exports. */
  runDefault(exports: unknown): Promise<void>
  /** What was recorded so far; the host calls it at any time, also after a throw. */
  result(failure: readonly Diagnostic[]): Promise<EvaluationResult>
  /** A module that was loaded. */
  recordModule(path: string): void
  /** A function of the config by its id. */
  functionOf(ref: FunctionRef | string): ((...args: never[]) => unknown) | undefined
}
