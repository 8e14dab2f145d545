import { isTiltError, type Millis } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Listener, Listeners, LocalConnection } from '../../ports/listeners.js'
import { backoff } from '../backoff.js'
import { type Tasks, worldsNo } from '../tasks.js'

export interface ForwardListenerDeps {
  readonly listeners: Listeners
  readonly clock: Clock
  readonly tasks: Tasks
}

/** A port here that is listened on for as long as the forward is wanted, and tried for again while somebody has it. */
export interface ForwardListener {
  /** What is listened on. */
  readonly port: number | undefined
  readonly since: Millis | undefined
  /** Why it is not, the last time it was tried. */
  readonly error: string | undefined
  close(): Promise<void>
}

const retryDelay = backoff(50, 15_000)

export function forwardListener(
  { listeners, clock, tasks }: ForwardListenerDeps,
  address: { readonly host: string; readonly port: number },
  onConnection: (connection: LocalConnection) => void,
  onChange: () => void,
): ForwardListener {
  let open: Listener | undefined
  let since: Millis | undefined
  let error: string | undefined
  let closed = false
  let failures = 0
  let cancel = (): void => {}
  let opening: Promise<void> = Promise.resolve()

  const listen = async (): Promise<void> => {
    try {
      const opened = await listeners.listen(address, onConnection)
      if (closed) return await opened.close()
      open = opened
      since = clock.now()
      error = undefined
    } catch (failure) {
      error = isTiltError(failure) && failure.class === 'user' ? failure.message : worldsNo(failure)
      if (closed) return
      failures += 1
      cancel = clock.timer(retryDelay(failures), start)
    }
    onChange()
  }
  const start = (): void => {
    tasks.run(`listen on ${address.host}:${address.port}`, () => {
      opening = listen()
      return opening
    })
  }
  start()

  return {
    get port() {
      return open?.port
    },
    get since() {
      return since
    },
    get error() {
      return error
    },
    async close() {
      closed = true
      cancel()
      await opening
      await open?.close()
    },
  }
}
