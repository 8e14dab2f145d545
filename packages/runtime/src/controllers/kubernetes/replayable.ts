/** What comes in over a connection, kept until somebody has answered it. */
export interface Replayable {
  /** All of it, from the beginning; once it is forgotten, only what comes. Only the newest reader counts. */
  read(): AsyncIterable<Uint8Array>
  /** Nothing has to be kept from now on. */
  forget(): void
  /** Whether it can be read from the beginning. */
  isWhole(): boolean
}

/** What a request without an answer may take: an upload that is longer is not made again. */
const keptBytes = 256 * 1024

export function replayable(input: AsyncIterable<Uint8Array>): Replayable {
  const iterator = input[Symbol.asyncIterator]()
  const kept: Uint8Array[] = []
  let size = 0
  let forgotten = 0
  let keeps = true
  let ended = false
  let coming: Promise<void> | undefined

  const next = async (): Promise<void> => {
    const { done, value } = await iterator.next()
    if (done === true) {
      ended = true
      return
    }
    kept.push(value)
    size += value.length
    if (size > keptBytes) keeps = false
  }
  return {
    async *read() {
      let at = forgotten
      for (;;) {
        const chunk = kept[at - forgotten]
        if (chunk !== undefined) {
          at += 1
          yield chunk
          // What is behind the reader is wanted by nobody.
          if (!keeps) forgotten += kept.splice(0, at - forgotten).length
          continue
        }
        if (ended) return
        // A reader that was given up may still wait for it.
        coming ??= next().finally(() => {
          coming = undefined
        })
        await coming
      }
    },
    forget() {
      keeps = false
    },
    isWhole: () => keeps,
  }
}
