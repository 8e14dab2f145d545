import { channelClosed, copyFailed, type NamedContainer } from '../../container-channel/failures.js'
import { statusOf } from '../connection/failure.js'

/** What an engine refuses while files are copied; other errors stay as they are. */
export function asCopyFailure(container: NamedContainer, what: string, error: unknown): unknown {
  const status = statusOf(error)
  if (status === undefined || !(error instanceof Error)) return error
  if (/no such container|is not running/i.test(error.message)) return channelClosed(container)
  return copyFailed(container, what, error.message, error)
}
