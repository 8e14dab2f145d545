import { InfraError, isTiltError } from '@tiltts/spec'

/** A port of a pod that nobody listens on, or a pod that has just ended: nothing that was sent has arrived anywhere. */
export function notTaken(message: string): InfraError {
  return new InfraError('kubernetes/refused', 'kubernetes', message, { retry: true, details: { taken: false } })
}

/** Whether a connection to a pod broke before anybody took it, so that it can be made again as if nothing had been. */
export function wasNotTaken(error: unknown): boolean {
  if (!isTiltError(error) || !(error instanceof InfraError)) return false
  const { details } = error
  return typeof details === 'object' && details !== null && 'taken' in details && details['taken'] === false
}
