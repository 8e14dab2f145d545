import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordsContract } from '@tiltts/runtime/contracts/records'
import { afterAll, expect, it } from 'vitest'
import { folderRecords } from './folder-records.js'

const folders: string[] = []
const temporary = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-records-'))
  folders.push(folder)
  return folder
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

recordsContract('a folder', async () => {
  const folder = join(await temporary(), 'not', 'there', 'yet')
  return { records: folderRecords(folder), reopen: () => folderRecords(folder) }
})

it.each(['', '{"key":"k","val', '[]', 'null', '{"key":"another","value":1}', '\u0000\u0000'])(
  'takes a damaged file (%j) as an absent record',
  async (text) => {
    const folder = await temporary()
    const records = folderRecords(folder)
    await records.set('k', 1)
    const [file = ''] = await readdir(folder)
    await writeFile(join(folder, file), text)
    expect(await records.get('k')).toBeUndefined()
    await records.set('k', 2)
    expect(await records.get('k')).toBe(2)
  },
)

it('leaves nothing but the records behind', async () => {
  const folder = await temporary()
  const records = folderRecords(folder)
  await Promise.all([records.set('a', 1), records.set('a', 2), records.set('b', 3)])
  expect(await readdir(folder)).toHaveLength(2)
})

it('rejects when a record cannot be written', async () => {
  const folder = await temporary()
  const file = join(folder, 'a-file')
  await writeFile(file, '')
  await chmod(file, 0o400)
  await expect(folderRecords(join(file, 'below')).set('k', 1)).rejects.toThrow('ENOTDIR')
})
