import { setImmediate as nextTurn } from 'node:timers/promises'
import type { GrpcCall } from '../wire/grpc-server.js'
import type { ContextEntry } from './context-tree.js'
import { endPacket, errorPacket, goMode, type PacketStat, packetType, readPacket, statPacket } from './packet.js'
import { createFileSender } from './send-file.js'

/** Longest time that the walk holds the event loop, in milliseconds. */
const sliceMs = 8
/** Stats of this many bytes go out at once. */
const batchBytes = 32 * 1024
/** So many files are read and sent at a time. */
const concurrency = 8

/** What was sent, to see how much a build costs. */
export interface Sent {
  entries: number
  /** Files that the builder did not have, or not so. */
  files: number
  bytes: number
}

/**
 * Tells the builder of a tree of files as it is walked, and sends the content of those that the builder asks for. Ends when
 * the builder has all it wants.
 *
 * @param sent is counted up
 */
export async function sendTree(call: GrpcCall, tree: Iterable<ContextEntry | undefined>, sent: Sent): Promise<void> {
  /** Files that were told of and not asked for yet, by their place in the order of all entries. */
  const files = new Map<number, string | Buffer>()
  const asked: number[] = []
  let waiting: (() => void)[] = []
  let ended = false

  const wake = (): void => {
    const all = waiting
    waiting = []
    for (const go of all) go()
  }
  const stop = (): void => {
    ended = true
    wake()
  }

  const walk = async (): Promise<void> => {
    let batch: Buffer[] = []
    let size = 0
    let id = 0
    const flush = async (): Promise<void> => {
      const whole = Buffer.concat(batch)
      batch = []
      size = 0
      if (whole.length > 0) await call.write(whole)
    }
    let until = performance.now() + sliceMs
    for (const entry of tree) {
      if (entry) {
        if (entry.content !== undefined) files.set(id, entry.content)
        const packet = statPacket(packetStat(entry))
        batch.push(packet)
        size += packet.length
        id++
      }
      if (size >= batchBytes) await flush()
      if (performance.now() < until) continue
      if (ended) return
      await flush()
      await nextTurn()
      until = performance.now() + sliceMs
    }
    batch.push(statPacket(undefined))
    await flush()
    sent.entries += id
  }

  const listen = async (): Promise<void> => {
    for await (const message of call.messages) {
      const { type, id, text } = readPacket(message)
      if (type === packetType.error) throw new Error(text)
      if (type === packetType.request) {
        asked.push(id)
        wake()
      }
      if (type === packetType.end) break
    }
    stop()
  }

  const serve = async (): Promise<void> => {
    const sendFile = createFileSender(call)
    while (!ended) {
      const id = asked.shift()
      if (id === undefined) {
        await new Promise<void>((resolve) => waiting.push(resolve))
        continue
      }
      const file = files.get(id)
      if (file === undefined) throw new Error(`the builder asked for file ${id}, which it was not told of`)
      files.delete(id)
      const length = await sendFile(id, file)
      sent.files++
      sent.bytes += length
    }
  }

  try {
    await Promise.all([walk, listen, ...Array.from({ length: concurrency }, () => serve)].map((act) => act()))
    await call.write(endPacket())
  } catch (error) {
    stop()
    // The builder tells these words to the user. On a broken connection it does not hear them.
    await call.write(errorPacket(error instanceof Error ? error.message : String(error))).catch(() => {})
    throw error
  }
}

function packetStat({ path, kind, mode, size, mtimeMs, target }: ContextEntry): PacketStat {
  const bits =
    (mode & 0o777) +
    (mode & 0o4000 ? goMode.setuid : 0) +
    (mode & 0o2000 ? goMode.setgid : 0) +
    (mode & 0o1000 ? goMode.sticky : 0)
  const type = kind === 'folder' ? goMode.folder : kind === 'link' ? goMode.link : 0
  return { path, mode: type + bits, size, mtimeMs, link: target }
}
