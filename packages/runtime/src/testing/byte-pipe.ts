/** One direction of a connection in memory. */
export interface BytePipe {
  push(bytes: Uint8Array): void
  end(): void
  /** Whoever reads hears it after what came before. */
  fail(error: Error): void
  /** Is read once. */
  readonly output: AsyncIterable<Uint8Array>
}

export function bytePipe(): BytePipe {
  const held: Uint8Array[] = []
  let over: { readonly error?: Error } | undefined
  let wake = (): void => {}
  async function* read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = held.shift()
      if (bytes) yield bytes
      else if (over?.error) throw over.error
      else if (over) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
  const finish = (end: { readonly error?: Error }): void => {
    over ??= end
    wake()
  }
  return {
    push(bytes) {
      if (over) return
      held.push(bytes)
      wake()
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
    output: read(),
  }
}
