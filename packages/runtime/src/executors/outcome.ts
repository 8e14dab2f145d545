/** How an update ended, whatever it updated. */
export interface UpdateOutcome {
  readonly phase: 'succeeded' | 'failed' | 'cancelled'
  readonly error?: string | undefined
  readonly exitCode?: number | undefined
  /** Why nothing had to be done. */
  readonly skipped?: string | undefined
  /** The files went straight into running containers. */
  readonly liveUpdate?: boolean | undefined
  /** Why changed files could not, so that an image has to be built. */
  readonly fallback?: string | undefined
  /** What was to be done is still to be done: in the next turn by `fallback`, or when the engine, which went away, is back. */
  readonly again?: boolean | undefined
}

/** Of an update that was called off. */
export const cancelledOutcome: UpdateOutcome = { phase: 'cancelled', error: 'build canceled' }
