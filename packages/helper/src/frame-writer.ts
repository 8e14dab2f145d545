import { frameHeader } from './frames.js'
import type { HelperStream } from './stream.js'

/** Collects frames, so that a small request is one write and many small files are few. */
export interface FrameWriter {
  /** Resolves when more can be taken. */
  put(kind: number, id: number, payload?: Uint8Array): Promise<void>
  flush(): Promise<void>
}

const batchSize = 64 * 1024
const nothing = new Uint8Array(0)

export function frameWriter(stream: HelperStream): FrameWriter {
  let batch: Uint8Array[] = []
  let size = 0
  const flush = async (): Promise<void> => {
    if (size === 0) return
    const bytes = Buffer.concat(batch, size)
    batch = []
    size = 0
    await stream.write(bytes)
  }
  return {
    flush,
    put: async (kind, id, payload = nothing) => {
      const header = frameHeader(kind, id, payload.length)
      batch.push(header, payload)
      size += header.length + payload.length
      if (size >= batchSize) await flush()
    },
  }
}
