/** Layers go from one of these to the next many times a second. */
const NOISE =
  /^(Preparing|Waiting|Pushing|Mounted from|Retrying|Downloading|Extracting|Verifying Checksum|Pulling fs layer)/

/** What went wrong with a push or a pull: an event like the others. */
export function failureOf(event: Readonly<Record<string, unknown>>): string | undefined {
  const { error, errorDetail } = event
  if (typeof errorDetail === 'object' && errorDetail !== null && 'message' in errorDetail) {
    return String(errorDetail.message)
  }
  return typeof error === 'string' ? error : undefined
}

/** An event as a line for people; `undefined` when it says nothing new. */
export function lineOf({ status, id }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof status !== 'string' || NOISE.test(status)) return undefined
  return typeof id === 'string' ? `${id}: ${status}` : status
}
