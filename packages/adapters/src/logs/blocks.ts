/** Bytes of many records are laid into blocks of this size, which are written as a whole. */
const blockBytes = 1024 * 1024
/** How many written blocks are kept for use again. */
const maxSpare = 2

/** The memory of all that is on its way to the disk. */
export interface Blocks {
  /** A block for at least so many bytes. */
  take(bytes: number): Buffer
  /** A block that was written. */
  giveBack(block: Buffer): void
  /** Bytes that the disk has been given and not taken yet. */
  waiting: number
}

export function createBlocks(): Blocks {
  const spare: Buffer[] = []
  return {
    take(bytes) {
      if (bytes > blockBytes) return Buffer.allocUnsafeSlow(bytes)
      return spare.pop() ?? Buffer.allocUnsafeSlow(blockBytes)
    },
    giveBack(block) {
      if (block.length === blockBytes && spare.length < maxSpare) spare.push(block)
    },
    waiting: 0,
  }
}
