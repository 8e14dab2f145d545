import type { ApiTime } from '@tiltts/spec'

/** What runs for a resource, its server or its containers, in the same words for both. */
export type RuntimeView =
  /** Nothing does: it has no server, or no containers. */
  | { readonly is: 'none' }
  /** Nothing asked for it yet. */
  | { readonly is: 'idle' }
  /** The engine that runs it does not answer. */
  | { readonly is: 'unknown' }
  /** Asked for, not running yet. */
  | { readonly is: 'starting'; readonly why?: string | undefined }
  | {
      readonly is: 'running'
      readonly startedAt: ApiTime | undefined
      readonly ready: boolean
      /** Why it is not ready. */
      readonly why?: string | undefined
      /** It is not just not ready yet: it was found to be broken. */
      readonly failing?: boolean | undefined
    }
  /** A container that had something to do, and has done it. */
  | { readonly is: 'done'; readonly startedAt: ApiTime | undefined; readonly finishedAt: ApiTime | undefined }
  /** Ended by itself, or never came up. */
  | {
      readonly is: 'ended'
      readonly startedAt: ApiTime | undefined
      readonly finishedAt: ApiTime | undefined
      /** For its row: `exited with code 1`. */
      readonly text: string
      /** With what has ended: `server exited with code 1`. */
      readonly sentence: string
      /** It is started again by itself. */
      readonly restarts: boolean
      /** Short runs in a row that failed; 0 when it is not started again. */
      readonly failures: number
    }
  /** Ended because somebody stopped it. */
  | {
      readonly is: 'stopped'
      readonly startedAt: ApiTime | undefined
      readonly finishedAt: ApiTime | undefined
      /** Of a container that was stopped by other means than tiltts. */
      readonly exitCode?: number | undefined
    }
  /** Its containers are not there any more. */
  | { readonly is: 'gone' }
