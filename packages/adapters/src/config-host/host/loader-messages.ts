import type { MessagePort } from 'node:worker_threads'

/** Something in a source file that cannot be parsed. Lines and columns count from 1. */
export interface SourceError {
  readonly text: string
  readonly line: number
  readonly column: number
}

/** What the thread of the loader tells the main thread, in the order in which it happened. */
export type FromLoader =
  /** `code` is what runs, when it was transformed. */
  | { readonly type: 'module'; readonly url: string; readonly file: string; readonly code: string | undefined }
  | { readonly type: 'import'; readonly parent: string; readonly specifier: string; readonly url: string }
  /** The project has no tiltts: the running CLI's copy was given to it. */
  | { readonly type: 'lent'; readonly parent: string }
  | { readonly type: 'unresolved'; readonly parent: string; readonly specifier: string; readonly message: string }
  | { readonly type: 'source-errors'; readonly file: string; readonly errors: readonly SourceError[] }
  | { readonly type: 'configured'; readonly problem: string | undefined }

export interface ToLoader {
  readonly type: 'configure'
  /** Absolute path of the tsconfig.json whose `paths` hold. */
  readonly tsconfig: string | undefined
}

/** What the loader is started with. */
export interface LoaderData {
  readonly port: MessagePort
  readonly lock: Int32Array<SharedArrayBuffer>
  readonly cliPackageDir: string
  /** Whether each file is told to the engine before it is loaded, so that it is known even if loading it ends all. */
  readonly tellsEngine: boolean
}
