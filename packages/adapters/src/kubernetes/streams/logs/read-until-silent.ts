import type { Clock } from '@tiltts/runtime/ports'
import type { ApiStream } from '../../transport.js'

export interface SilenceOptions {
  readonly clock: Clock
  readonly silenceMs: number
  readonly signal: AbortSignal
}

/** One for all: each error keeps the stack it was made in, and a session may have thousands of streams. */
const silent = new Error('silent')

/** The bytes of a stream; then `silent` when it was left for having said nothing so long. */
export async function* readUntilSilent(
  stream: ApiStream,
  { clock, silenceMs, signal }: SilenceOptions,
): AsyncGenerator<Buffer | 'silent'> {
  let cancel = (): void => {}
  const wait = (): void => {
    cancel()
    cancel = clock.timer(silenceMs, () => void stream.body.destroy(silent))
  }
  wait()
  try {
    for await (const bytes of stream.body) {
      cancel()
      yield bytes as Buffer
      wait()
    }
  } catch (error) {
    signal.throwIfAborted()
    if (error !== silent) throw stream.failure(error)
    yield 'silent'
  } finally {
    cancel()
    stream.body.destroy()
  }
}
