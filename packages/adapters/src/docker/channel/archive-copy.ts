import { Readable } from 'node:stream'
import type { CopiedEntry, CopyEntry } from '@tiltts/runtime/ports'
import { copyFailed } from '../../container-channel/failures.js'
import { isShorterFile } from '../../container-channel/local-entry.js'
import type { Owner } from '../../container-channel/tar-header.js'
import { tarStream } from '../../container-channel/tar-stream.js'
import { readAll } from '../connection/wire.js'
import type { EngineConnection } from '../connection.js'
import { pathKind } from './archive-inspect.js'
import { type ContainerFacts, folderOf } from './container-facts.js'
import { asCopyFailure } from './failures.js'
import type { Owners } from './owners.js'

/** What is smaller goes in one message. */
const AT_ONCE_BYTES = 1024 * 1024
const ATTEMPTS = 5

/**
 * Copies by the engine's own hand: nothing in the image is needed, and root does not matter. What is replaced keeps its
 * owner, as far as that can be known.
 */
export async function copyByArchive(
  connection: EngineConnection,
  container: ContainerFacts,
  entries: readonly CopyEntry[],
  owners: Owners,
  signal: AbortSignal,
): Promise<readonly CopiedEntry[]> {
  const hidden = entries.find(({ containerPath }) => folderOf(containerPath, container.memory) !== undefined)
  if (hidden) {
    const why = `${hidden.containerPath} is in memory (tmpfs), where the engine cannot copy to; sync elsewhere`
    throw copyFailed(container, 'copy files into', why)
  }
  const ownerOf = await owners.of(
    entries.map(({ containerPath }) => containerPath),
    signal,
  )
  const copied = new Map<CopyEntry, CopiedEntry>()
  for (const [root, group] of byRoot(container, entries)) {
    const sent = await send(connection, container, { root, entries: group, ownerOf }, signal)
    for (const [index, entry] of group.entries()) copied.set(entry, sent[index] ?? entry)
  }
  return entries.map((entry) => copied.get(entry) ?? entry)
}

/** A container whose own files are read-only can still be given files in its mounts, one mount at a time. */
function byRoot(container: ContainerFacts, entries: readonly CopyEntry[]): ReadonlyMap<string, readonly CopyEntry[]> {
  const groups = new Map<string, CopyEntry[]>()
  for (const entry of entries) {
    const root = container.readOnly ? (folderOf(entry.containerPath, container.mounts) ?? '') : ''
    const group = groups.get(root)
    if (group) group.push(entry)
    else groups.set(root, [entry])
  }
  return groups
}

interface Shipment {
  readonly root: string
  readonly entries: readonly CopyEntry[]
  readonly ownerOf: (containerPath: string) => Owner
}

async function send(
  connection: EngineConnection,
  container: ContainerFacts,
  { root, entries, ownerOf }: Shipment,
  signal: AbortSignal,
): Promise<readonly CopiedEntry[]> {
  // A folder that is there keeps its owner and mode: the engine would give it to root.
  const leavesOut = async (path: string): Promise<boolean> =>
    (await pathKind(connection, container, path, signal)) === 'folder'
  for (let attempt = 1; ; attempt++) {
    const { bytes, sent } = tarStream(entries, { root, leavesOut, ownerOf })
    const iterator = bytes[Symbol.asyncIterator]()
    try {
      const path = `/containers/${container.id}/archive?path=${encodeURIComponent(root === '' ? '/' : root)}`
      const headers = { 'content-type': 'application/x-tar' }
      const body = await bodyOf(iterator)
      await readAll(await connection.request({ method: 'PUT', path, headers, body, signal }))
      return sent()
    } catch (error) {
      if (!isShorterFile(error)) throw asCopyFailure(container, 'copy files into', error)
      if (attempt === ATTEMPTS) throw copyFailed(container, 'copy files into', 'a file keeps changing while it is read')
    } finally {
      // Closes the file that was being read when it broke off.
      await iterator.return?.()
    }
  }
}

/** A buffer when it is small: one message, and no waiting for the engine to want it. */
async function bodyOf(iterator: AsyncIterator<Buffer>): Promise<Buffer | Readable> {
  const held: Buffer[] = []
  let size = 0
  while (size <= AT_ONCE_BYTES) {
    const next = await iterator.next()
    if (next.done) return Buffer.concat(held)
    held.push(next.value)
    size += next.value.length
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield* held.splice(0)
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return Readable.from(all(), { objectMode: false })
}
