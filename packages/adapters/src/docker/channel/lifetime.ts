import { channelClosed } from '../../container-channel/failures.js'
import type { EngineConnection } from '../connection.js'
import type { ContainerFacts } from './container-facts.js'

/** As long as this run of a container. */
export interface Lifetime {
  /** Aborted, with `container/channel-closed`, when the run has ended or the engine is gone. */
  readonly ended: AbortSignal
  /** No longer looks. */
  close(): void
}

/** Has the engine tell when the container stops: it would go on to copy into one that has. */
export async function watchLifetime(
  connection: EngineConnection,
  container: ContainerFacts,
  signal: AbortSignal,
): Promise<Lifetime> {
  const end = new AbortController()
  const request = new AbortController()
  const abort = (): void => request.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  const path = `/containers/${container.id}/wait?condition=not-running`
  const response = await connection.request({ method: 'POST', path, signal: request.signal })
  signal.removeEventListener('abort', abort)
  const over = (): void => end.abort(channelClosed(container))
  response.once('end', over).once('error', over).once('close', over).resume()
  response.socket?.unref()
  return {
    ended: end.signal,
    close() {
      over()
      request.abort()
    },
  }
}
