/** What one process can be given as arguments, with room for its environment. */
const ARGUMENT_BYTES = 96 * 1024

/** Paths in groups that each fit a command line. */
export function* batches(paths: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = []
  let size = 0
  for (const path of paths) {
    const bytes = Buffer.byteLength(path) + 9
    if (size + bytes > ARGUMENT_BYTES && batch.length > 0) {
      yield batch
      batch = []
      size = 0
    }
    batch.push(path)
    size += bytes
  }
  if (batch.length > 0) yield batch
}
