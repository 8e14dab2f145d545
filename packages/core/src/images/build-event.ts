import type { Millis, Place } from '@tiltts/spec'

/** What a builder tells while it works. */
export type BuildEvent = BuildStepEvent | BuildOutputEvent | BuildProgressEvent | BuildWarningEvent

/** A step as it begins, ends or turns out to be cached. Told again as it changes. */
export interface BuildStepEvent {
  readonly kind: 'step'
  readonly id: string
  /** `[2/5] RUN npm ci`. */
  readonly name: string
  readonly state: 'running' | 'done' | 'cached' | 'failed' | 'cancelled'
  readonly startedAt?: Millis | undefined
  readonly finishedAt?: Millis | undefined
  readonly error?: string | undefined
}

/** What a step printed. */
export interface BuildOutputEvent {
  readonly kind: 'output'
  readonly step: string
  readonly text: string
  readonly stream: 'stdout' | 'stderr'
}

/** How far a transfer has come, in bytes. */
export interface BuildProgressEvent {
  readonly kind: 'progress'
  readonly step: string
  readonly text: string
  readonly current: number
  /** 0: not known. */
  readonly total: number
}

export interface BuildWarningEvent {
  readonly kind: 'warning'
  readonly message: string
  readonly place?: Place | undefined
}
