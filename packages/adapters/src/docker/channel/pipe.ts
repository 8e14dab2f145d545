import type { OutputStream } from '../multiplexed.js'

/** The stdin and the outputs of a process in a container. */
export interface Pipe {
  /** Resolves when more can be taken. Rejects when it is closed. */
  write(data: string | Uint8Array): Promise<void>
  /** Once, before anything is written. */
  listen(onOutput: (bytes: Buffer, stream: OutputStream) => void): void
  /** Ends stdin. */
  end(): void
  /** Lets go of it at once; the process is not told. */
  destroy(): void
  /** Resolves when nothing comes any more. Never rejects. */
  readonly closed: Promise<void>
}
