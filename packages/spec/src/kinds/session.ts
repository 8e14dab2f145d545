import type { ApiTime } from '../time.js'
import type { ApiObject } from './meta.js'

export interface SessionSpec {
  readonly tiltfilePath: string
  readonly exitCondition: 'manual' | 'ci'
  /** In milliseconds; `ci` only. Set on the command line; the config's ciSettings win. */
  readonly ci?: { readonly timeoutMs?: number | undefined } | undefined
}

export interface SessionTarget {
  /** `tiltfile:update`, `api:update`, `api:serve`. */
  readonly name: string
  readonly type: 'job' | 'server'
  readonly resources: readonly string[]
  readonly state: SessionTargetState
}

/** Exactly one is set; none: it will not run by itself. */
export interface SessionTargetState {
  readonly waiting?:
    | {
        readonly waitReason: string
        /** Why that takes so long, in words. */
        readonly message?: string | undefined
      }
    | undefined
  readonly active?:
    | {
        readonly startTime: ApiTime
        readonly ready: boolean
        readonly lastReadyTime?: ApiTime | undefined
        /** Why it is not ready, in words. */
        readonly message?: string | undefined
      }
    | undefined
  readonly terminated?:
    | {
        readonly startTime: ApiTime
        readonly finishTime: ApiTime
        readonly error: string
        readonly graceStatus: '' | 'Tolerated' | 'Exceeded'
      }
    | undefined
  readonly disabled?: Record<string, never> | undefined
}

export interface SessionStatus {
  readonly pid: number
  readonly startTime: ApiTime
  readonly done: boolean
  readonly error: string
  readonly targets: readonly SessionTarget[]
}

/** The verdict on the whole. Its one object is called `Tiltfile`. */
export type Session = ApiObject<'Session', SessionSpec, SessionStatus>
