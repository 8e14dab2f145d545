/** So many at a time: more connections to one engine gain nothing. */
const AT_ONCE = 8

/** Does something for each, several at a time; rejects with the first failure. */
export async function inAnyOrder<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (const item of left) await act(item)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
}
