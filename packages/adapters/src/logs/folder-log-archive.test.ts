import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLogStore, type LogArchive, type LogSegment } from '@tiltts/core/logs'
import { logArchiveContract } from '@tiltts/runtime/contracts/log-archive'
import type { InfraError } from '@tiltts/spec'
import { afterAll, describe, expect, it } from 'vitest'
import { folderLogArchive } from './folder-log-archive.js'

const root = await mkdtemp(join(tmpdir(), 'tiltts-log-archive-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const noError = (error: InfraError): void => expect.unreachable(error.message)
let made = 0
const newFolder = (): string => join(root, String(made++), 'not-there-yet')

logArchiveContract('a folder', async (limits) => folderLogArchive({ folder: newFolder(), onError: noError, ...limits }))

const segment = (seq: number, text: string): LogSegment => ({
  span: { id: 'localserve:api:1', resource: 'api', source: 'runtime' },
  seq,
  count: 1,
  time: 1_000,
  level: 'info',
  text,
})

async function all(archive: LogArchive, from: number, to: number): Promise<readonly LogSegment[]> {
  const found: LogSegment[] = []
  for await (const batch of archive.read(from, to)) found.push(...batch)
  return found
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder)
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

describe('a folder of log chunks', () => {
  it('LOG-03: never grows beyond its limit, and keeps the newest', async () => {
    const folder = newFolder()
    const archive = folderLogArchive({ folder, maxBytes: 1_000_000, chunkBytes: 100_000, onError: noError })
    const line = `${'x'.repeat(999)}\n`
    for (let seq = 0; seq < 5_000; seq++) {
      archive.append([segment(seq, line)])
      if (seq % 500 === 0) {
        await all(archive, seq, seq + 1)
        expect(await sizeOf(folder)).toBeLessThanOrEqual(1_000_000)
      }
    }
    await archive.close()
    expect(await sizeOf(folder)).toBeLessThanOrEqual(1_000_000)
    expect(archive.firstSeq()).toBeGreaterThan(3_500)
    expect((await all(archive, 0, 5_000)).map((one) => one.seq)).toEqual(
      Array.from({ length: 5_000 - archive.firstSeq() }, (_, n) => n + archive.firstSeq()),
    )
  })

  it('writes what came within a moment, without being read or closed', async () => {
    const folder = newFolder()
    const archive = folderLogArchive({ folder, delayMs: 1, onError: noError })
    archive.append([segment(0, 'hello\n')])
    await expect.poll(() => existsSync(folder) && readdir(folder)).toEqual(['000000000000.log'])
    await expect.poll(() => readFile(join(folder, '000000000000.log'), 'utf8')).toMatch(/^\{.*\}\nhello\n$/)
    await archive.close()
  })

  it('loses nothing when lines come faster than the disk takes them, and holds few of them', async () => {
    const archive = folderLogArchive({ folder: newFolder(), onError: noError })
    const text = `${'y'.repeat(63)}\n`.repeat(1024)
    const before = process.memoryUsage().arrayBuffers
    for (let n = 0; n < 1_000; n++) archive.append([{ ...segment(n * 1024, text), count: 1024 }])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * 1024 * 1024)
    let next = 0
    for await (const batch of archive.read(0, 1_024_000)) {
      for (const one of batch) {
        expect(one.seq).toBe(next)
        expect(one.text).toBe(text)
        next += one.count
      }
    }
    expect(next).toBe(1_024_000)
    await archive.close()
  })

  it('is readable by its owner only', async () => {
    const folder = newFolder()
    const archive = folderLogArchive({ folder, onError: noError })
    archive.append([segment(0, 'hello\n')])
    archive.redact?.(0, (text) => text.toUpperCase())
    await archive.close()
    expect((await stat(folder)).mode & 0o077).toBe(0)
    expect((await stat(join(folder, '000000000000.log'))).mode & 0o077).toBe(0)
  })

  it('SEC-02: leaves no late-learned secret in its files', async () => {
    const folder = newFolder()
    const archive = folderLogArchive({ folder, onError: noError })
    const logs = createLogStore({ now: () => 1_000, archive })
    logs.span({ id: 'tiltfile:(Tiltfile):1', resource: '(Tiltfile)', source: 'build' })
    logs.append('tiltfile:(Tiltfile):1', 'the password is hunter22\n')
    logs.addSecrets([{ value: 'hunter22', replacement: '[redacted secret db:password]' }], 0)
    await archive.close()
    const [file = ''] = await readdir(folder)
    const text = await readFile(join(folder, file), 'utf8')
    expect(text).toContain('the password is [redacted secret db:password]\n')
    expect(text).not.toContain('hunter22')
  })

  it('reads up to a record that is not whole', async () => {
    const folder = newFolder()
    const archive = folderLogArchive({ folder, onError: noError })
    archive.append([segment(0, 'one\n'), segment(1, 'two\n')])
    await archive.close()
    const file = join(folder, '000000000000.log')
    const whole = await readFile(file)
    await writeFile(file, whole.subarray(0, whole.length - 2))
    expect(await all(archive, 0, 2)).toEqual([segment(0, 'one\n')])
    await writeFile(file, Buffer.concat([whole, Buffer.alloc(100)]))
    expect(await all(archive, 0, 2)).toEqual([segment(0, 'one\n'), segment(1, 'two\n')])
  })

  it('says once that a folder cannot be made, and the session goes on with what is in memory', async () => {
    const blocked = newFolder()
    await rm(join(blocked, '..'), { recursive: true, force: true })
    await writeFile(join(blocked, '..'), 'a file where a folder should be')
    const errors: InfraError[] = []
    const archive = folderLogArchive({ folder: blocked, onError: (error) => errors.push(error) })
    const logs = createLogStore({ now: () => 1_000, archive, maxBytes: 5_000 })
    logs.span({ id: 'api', resource: 'api', source: 'runtime' })
    for (let n = 0; n < 1_000; n++) logs.append('api', `line ${n}\n`)
    expect(errors.map((error) => error.code)).toEqual(['logs/store-failed'])
    expect(errors[0]?.message).toMatch(
      /^Logs are no longer kept on disk, only the newest in memory: .*(ENOTDIR|EEXIST)/,
    )
    const texts: string[] = []
    for await (const batch of logs.read({})) texts.push(...batch.map((one) => one.text))
    expect(texts[0]).toMatch(/^\d+ lines are missing here: they could not be kept on disk\n$/)
    expect(texts.at(-1)).toBe('line 999\n')
    await archive.close()
  })

  it('says that an older file is gone, and reads the others', async () => {
    const folder = newFolder()
    const errors: InfraError[] = []
    const archive = folderLogArchive({ folder, chunkBytes: 1, onError: (error) => errors.push(error) })
    archive.append([segment(0, 'one\n'), segment(1, 'two\n'), segment(2, 'three\n')])
    await all(archive, 0, 3)
    await rm(join(folder, '000000000001.log'))
    expect((await all(archive, 0, 3)).map((one) => one.text)).toEqual(['one\n', 'three\n'])
    expect(errors.map((error) => error.message)).toEqual([
      expect.stringContaining('Some older logs cannot be read: ENOENT'),
    ])
    await archive.close()
  })

  it.skipIf(process.platform === 'win32')('keeps what fitted when the disk is full, and says so', () => {
    const folder = newFolder()
    const script = fileURLToPath(new URL('./full-disk.test.support.ts', import.meta.url))
    // A limit on the size of files is as near to a full disk as one comes without the rights to mount one.
    const shell = `trap '' XFSZ; ulimit -f 2048; exec "$0" "$@"`
    const args = ['--import', import.meta.resolve('tsx'), '--conditions', '@tiltts/source', script, folder]
    const { stdout, stderr } = spawnSync('sh', ['-c', shell, process.execPath, ...args], { encoding: 'utf8' })
    expect(stderr).toBe('')
    const { errors, kept, last, gap } = JSON.parse(stdout)
    expect(errors).toEqual([
      ['logs/store-failed', 'Logs are no longer kept on disk, only the newest in memory: EFBIG: file too large, write'],
    ])
    expect(kept).toBeGreaterThan(500)
    expect(gap).toMatch(/^\d+ lines are missing here: they could not be kept on disk\n$/)
    expect(last).toBe('line 9999\n')
  })
})
