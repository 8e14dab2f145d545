import { mkdirSync } from 'node:fs'
import { readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogArchive, LogSegment } from '@tiltts/core/logs'
import { InfraError } from '@tiltts/spec'
import { createBlocks } from './blocks.js'
import { type ChunkWriter, createChunkWriter } from './chunk-writer.js'
import { readRecords, recordHead } from './segment-record.js'

export interface FolderLogArchiveOptions {
  /** Of this session alone. Made when the first line comes. */
  readonly folder: string
  /** The oldest chunk is dropped before the folder grows beyond it. @default 1 GiB */
  readonly maxBytes?: number | undefined
  /** Size of a file. @default 8 MiB */
  readonly chunkBytes?: number | undefined
  /** How long a line waits at most until it is given to the system, in milliseconds. @default 100 */
  readonly delayMs?: number | undefined
  /**
   * Called when the disk is full, say, or the folder cannot be written: then nothing more is kept on disk, and what is
   * there can be read still. Also when an old file cannot be read or removed.
   */
  readonly onError: (error: InfraError) => void
}

interface Chunk {
  readonly path: string
  readonly firstSeq: number
  endSeq: number
  size: number
}

/** Log segments in files of one folder. */
export function folderLogArchive(options: FolderLogArchiveOptions): LogArchive {
  const { folder, maxBytes = 1024 ** 3, chunkBytes = 8 * 1024 ** 2, delayMs = 100 } = options
  const blocks = createBlocks()
  let chunks: readonly Chunk[] = []
  let current: { readonly chunk: Chunk; readonly writer: ChunkWriter } | undefined
  let timer: NodeJS.Timeout | undefined
  /** What is done with files that are written already, one thing after the other. */
  let work: Promise<void> = Promise.resolve()
  let off = false

  function fail(error: unknown): void {
    if (off) return
    off = true
    report('Logs are no longer kept on disk, only the newest in memory', error)
  }

  function report(what: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    options.onError(new InfraError('logs/store-failed', 'logs', `${what}: ${reason}`, { cause: error }))
  }

  function then(step: () => Promise<void>): Promise<void> {
    work = work.then(step).catch(fail)
    return work
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const writer = current?.writer
    return writer === undefined ? work : then(() => writer.flush())
  }

  function startChunk(seq: number): { readonly chunk: Chunk; readonly writer: ChunkWriter } {
    endChunk()
    while (chunks.length > 0 && chunks.reduce((sum, chunk) => sum + chunk.size, chunkBytes) > maxBytes) dropOldest()
    const path = join(folder, `${String(seq).padStart(12, '0')}.log`)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const chunk = { path, firstSeq: seq, endSeq: seq, size: 0 }
    current = { chunk, writer: createChunkWriter(path, blocks, fail) }
    chunks = [...chunks, chunk]
    return current
  }

  function endChunk(): void {
    if (current === undefined) return
    const { writer } = current
    current = undefined
    void then(async () => {
      try {
        await writer.flush()
      } finally {
        writer.close()
      }
    })
  }

  function dropOldest(): void {
    const [oldest, ...rest] = chunks
    if (oldest === undefined) return
    chunks = rest
    void then(() => unlink(oldest.path).catch((error) => report('The oldest logs cannot be removed', error)))
  }

  function take(segment: LogSegment): void {
    const { chunk, writer } =
      current === undefined || current.writer.size >= chunkBytes ? startChunk(segment.seq) : current
    const bytes = Buffer.byteLength(segment.text)
    const head = recordHead(segment, bytes)
    writer.add(head, Buffer.byteLength(head))
    writer.add(segment.text, bytes)
    chunk.size = writer.size
    chunk.endSeq = segment.seq + segment.count
  }

  async function rewrite(chunk: Chunk, from: number, change: (text: string) => string): Promise<void> {
    const records = readRecords(await readFile(chunk.path), 0, Number.POSITIVE_INFINITY).map((segment) => {
      const text = segment.seq + segment.count > from ? change(segment.text) : segment.text
      return recordHead(segment, Buffer.byteLength(text)) + text
    })
    const bytes = Buffer.from(records.join(''))
    await writeFile(`${chunk.path}.new`, bytes, { mode: 0o600 })
    await rename(`${chunk.path}.new`, chunk.path)
    chunk.size = bytes.length
  }

  return {
    append(segments) {
      if (off) return
      try {
        for (const segment of segments) take(segment)
        timer ??= setTimeout(flush, delayMs).unref()
      } catch (error) {
        fail(error)
      }
    },
    async *read(from, to) {
      const wanted = chunks.filter((chunk) => chunk.firstSeq < to && chunk.endSeq > from && from < to)
      for (const chunk of wanted) {
        await flush()
        if (!chunks.includes(chunk)) continue
        const bytes = await readFile(chunk.path).catch((error) => report('Some older logs cannot be read', error))
        const found = bytes === undefined ? [] : readRecords(bytes, from, to)
        if (found.length > 0) yield found
      }
    },
    firstSeq: () => chunks[0]?.firstSeq ?? 0,
    redact(from, change) {
      endChunk()
      for (const chunk of chunks.filter((one) => one.endSeq > from)) {
        void then(async () => {
          if (chunks.includes(chunk)) await rewrite(chunk, from, change)
        })
      }
    },
    async close() {
      clearTimeout(timer)
      endChunk()
      await work
      off = true
    },
  }
}
