import { createHash } from 'node:crypto'
import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** A file with this text, for commands that take files only. The same text is the same file. Only the user may read it. */
export async function inlineFile(text: string): Promise<string> {
  const folder = join(tmpdir(), `tiltts-compose-${userInfo().username}`)
  const path = join(folder, `${createHash('sha256').update(text).digest('hex')}.yaml`)
  const there = await stat(path).catch(() => undefined)
  if (there?.size === Buffer.byteLength(text)) return path
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const half = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  await writeFile(half, text, { mode: 0o600 })
  await rename(half, path)
  return path
}
