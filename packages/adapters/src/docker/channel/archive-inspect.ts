import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { ContainerFile } from '@tiltts/runtime/ports'
import { linkHash } from '../../container-channel/local-entry.js'
import { readTar } from '../../container-channel/tar-reader.js'
import { statusOf } from '../connection/failure.js'
import { readAll } from '../connection/wire.js'
import type { EngineConnection } from '../connection.js'
import type { ContainerFacts } from './container-facts.js'
import { asCopyFailure } from './failures.js'

/** Bits of a mode as Go writes it. */
const GO_FOLDER = 2 ** 31
const GO_LINK = 2 ** 27

export type PathKind = 'absent' | 'folder' | 'link' | 'file'

/** What stands at a path, without its content. */
export async function pathKind(
  connection: EngineConnection,
  container: ContainerFacts,
  path: string,
  signal: AbortSignal,
): Promise<PathKind> {
  const response = await archive(connection, container, 'HEAD', path, signal)
  if (!response) return 'absent'
  await readAll(response)
  const stat: unknown = JSON.parse(Buffer.from(String(response.headers[STAT]), 'base64').toString('utf8'))
  const mode = typeof stat === 'object' && stat !== null && 'mode' in stat ? Number(stat.mode) : 0
  if (Math.floor(mode / GO_FOLDER) % 2 === 1) return 'folder'
  return Math.floor(mode / GO_LINK) % 2 === 1 ? 'link' : 'file'
}

/** What stands at a path, with the hash of its content, read through the engine. */
export async function inspectByArchive(
  connection: EngineConnection,
  container: ContainerFacts,
  path: string,
  signal: AbortSignal,
): Promise<ContainerFile> {
  // A folder would come with all that is in it.
  const kind = await pathKind(connection, container, path, signal)
  if (kind === 'absent' || kind === 'folder') return { kind }
  const response = await archive(connection, container, 'GET', path, signal)
  if (!response) return { kind: 'absent' }
  let found: ContainerFile = { kind: 'absent' }
  // Read to the end, so that the connection can be used again.
  for await (const entry of readTar(response)) {
    if (entry.kind === 'link') found = { kind: 'link', hash: linkHash(entry.target) }
    if (entry.kind !== 'file') continue
    const sum = createHash('sha256')
    for await (const piece of entry.body) sum.update(piece)
    found = { kind: 'file', hash: sum.digest('hex') }
  }
  return found
}

const STAT = 'x-docker-container-path-stat'

export async function archive(
  connection: EngineConnection,
  container: ContainerFacts,
  method: 'GET' | 'HEAD',
  path: string,
  signal: AbortSignal,
): Promise<IncomingMessage | undefined> {
  const asked = `/containers/${container.id}/archive?path=${encodeURIComponent(path)}`
  try {
    return await connection.request({ method, path: asked, signal })
  } catch (error) {
    // Without words it is the path that is not there; the answer to HEAD has none.
    if (statusOf(error) === 404 && !/no such container/i.test((error as Error).message)) return undefined
    if (statusOf(error) === 500 && (await isBelowFile(connection, { method, path: asked, signal }, error)))
      return undefined
    throw asCopyFailure(container, 'read files of', error)
  }
}

/** Whether a file stands where the path needs a folder. The answer to HEAD has no words, so that it is asked again. */
async function isBelowFile(
  connection: EngineConnection,
  { method, path, signal }: { readonly method: string; readonly path: string; readonly signal: AbortSignal },
  error: unknown,
): Promise<boolean> {
  if (method === 'GET') return /not a directory/i.test((error as Error).message)
  try {
    const response = await connection.request({ method: 'GET', path, signal })
    response.destroy()
    return false
  } catch (again) {
    return statusOf(again) === 500 && isBelowFile(connection, { method: 'GET', path, signal }, again)
  }
}
