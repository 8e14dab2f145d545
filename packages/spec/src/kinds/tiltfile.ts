import type { Diagnostic } from '../errors.js'
import type { ConfigRead, GraphSpec } from '../graph/graph.js'
import type { ApiTime } from '../time.js'
import type { ApiObject } from './meta.js'
import type { UpdateCause } from './update.js'

/** A config to be evaluated. The main one is called `(Tiltfile)`. */
export interface TiltfileSpec {
  /** Absolute path of the config. */
  readonly path: string
  readonly args: readonly string[]
}

export interface TiltfileStatus {
  readonly waiting?: { readonly reason: string } | undefined
  readonly running?: { readonly reasons: readonly string[]; readonly startedAt: ApiTime } | undefined
  readonly terminated?:
    | {
        readonly reasons: readonly string[]
        /** Empty when it went well. */
        readonly error: string
        readonly startedAt: ApiTime
        readonly finishedAt: ApiTime
        readonly warningCount: number
      }
    | undefined
  /** Of the last evaluation, good or bad. */
  readonly diagnostics: readonly Diagnostic[]
  /** Files that changed and have not been looked at; updates wait while there are any. */
  readonly pending?: UpdateCause | undefined
  /** Paths watched for reload. */
  readonly reads: readonly ConfigRead[]
  /** How many evaluations have ended. */
  readonly evaluations: number
  /** Events of the config's FileWatch up to this one were taken in. */
  readonly watchSequence?: number | undefined
  /** Arguments of the last evaluation that was begun; others in the spec begin a new one. */
  readonly evaluatedArgs?: readonly string[] | undefined
  /** Arguments of the last good evaluation. */
  readonly liveArgs?: readonly string[] | undefined
  /** Of the last good evaluation. */
  readonly live?: LiveConfig | undefined
}

/**
 * What a config says of the session as a whole. What it declares is not here: that stands as objects of its own, and what
 * leads to it, such as the password of a repository of charts, must not be readable by all who may read objects.
 */
export type LiveConfig = Pick<GraphSpec, 'settings' | 'registry' | 'positionals' | 'selection' | 'watchIgnores'>

export type Tiltfile = ApiObject<'Tiltfile', TiltfileSpec, TiltfileStatus>
