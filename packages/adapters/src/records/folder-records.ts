import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Records } from '@tiltts/runtime/ports'
import type { Json } from '@tiltts/spec'

/**
 * Records as JSON files in a folder, which is made when the first one is set. A file is named by the hash of its key and
 * holds the key, so that people can read it. One that cannot be read or does not parse counts as absent: what is remembered
 * here only saves work.
 *
 * @param folder Absolute.
 */
export function folderRecords(folder: string): Records {
  const fileOf = (key: string): string =>
    join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`)
  return {
    async get(key) {
      const text = await readFile(fileOf(key), 'utf8').catch(() => '')
      return text === '' ? undefined : parse(text, key)
    },
    async set(key, value) {
      const file = fileOf(key)
      const next = `${file}.${randomUUID()}.tmp`
      await mkdir(folder, { recursive: true })
      try {
        await writeFile(next, JSON.stringify({ key, value }))
        await rename(next, file)
      } catch (error) {
        await rm(next, { force: true })
        throw error
      }
    },
  }
}

function parse(text: string, key: string): Json | undefined {
  try {
    const record: unknown = JSON.parse(text)
    if (typeof record !== 'object' || record === null || !('key' in record) || record.key !== key) return undefined
    return 'value' in record ? (record.value as Json) : undefined
  } catch {
    return undefined
  }
}
