/** Bytes between one who brings them and one who reads them. */
export interface ByteQueue {
  push(bytes: Uint8Array): void
  end(): void
  /** The reader hears it after what came before. */
  fail(error: unknown): void
  /** Is read once. */
  readonly output: AsyncIterable<Uint8Array>
}

export interface ByteQueueOptions {
  /** Who brings bytes shall wait, or go on. */
  readonly onFull: (isFull: boolean) => void
}

/** Who brings bytes shall wait from so many on. */
const HIGH_BYTES = 1024 * 1024

export function byteQueue({ onFull }: ByteQueueOptions): ByteQueue {
  const held: Uint8Array[] = []
  let size = 0
  let isFull = false
  let over: { readonly error?: unknown } | undefined
  let wake = (): void => {}
  const tell = (full: boolean): void => {
    if (full === isFull) return
    isFull = full
    onFull(full)
  }
  async function* read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = held.shift()
      if (bytes) {
        size -= bytes.length
        if (size < HIGH_BYTES / 2) tell(false)
        yield bytes
      } else if (over && 'error' in over) throw over.error
      else if (over) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
  const finish = (end: { readonly error?: unknown }): void => {
    over ??= end
    wake()
  }
  return {
    push(bytes) {
      if (over) return
      held.push(bytes)
      size += bytes.length
      if (size >= HIGH_BYTES) tell(true)
      wake()
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
    output: read(),
  }
}
