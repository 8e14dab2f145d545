/** What a function makes of each, in order, with so many at a time. The first rejection is that of the whole. */
export async function eachOf<T, R>(
  all: readonly T[],
  atOnce: number,
  make: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const made: R[] = []
  const left = all.entries()
  const worker = async (): Promise<void> => {
    for (const [index, one] of left) made[index] = await make(one)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker))
  return made
}
