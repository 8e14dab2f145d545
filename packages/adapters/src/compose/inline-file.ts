import { createHash, randomUUID } from 'node:crypto'
import { lstat, mkdir, mkdtemp, rename, stat, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** A file with this text, for commands that take files only. The same text is the same file. Only the user may read it. */
export async function inlineFile(text: string): Promise<string> {
  const path = join(await ownFolder(), `${createHash('sha256').update(text).digest('hex')}.yaml`)
  const there = await stat(path).catch(() => undefined)
  if (there?.size === Buffer.byteLength(text)) return path
  const half = `${path}.${randomUUID()}`
  await writeFile(half, text, { mode: 0o600 })
  await rename(half, path)
  return path
}

async function ownFolder(): Promise<string> {
  const folder = join(tmpdir(), `tiltts-compose-${userInfo().username}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const found = await lstat(folder)
  const isOwn = found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid())
  // Somebody else was there first, and could read or change what is in it.
  return isOwn ? folder : mkdtemp(`${folder}-`)
}
