/** How an update ended, whatever it updated. */
export interface UpdateOutcome {
  readonly phase: 'succeeded' | 'failed' | 'cancelled'
  readonly error?: string | undefined
  readonly exitCode?: number | undefined
  /** Why nothing had to be done. */
  readonly skipped?: string | undefined
  /** The files went straight into running containers. */
  readonly liveUpdate?: boolean | undefined
  /** Why changed files could not, so that an image was built. */
  readonly fallback?: string | undefined
  /** The engine went away in the middle: what was to be done is still to be done. */
  readonly again?: boolean | undefined
}

/** Of an update that was called off. */
export const cancelledOutcome: UpdateOutcome = { phase: 'cancelled', error: 'build canceled' }
