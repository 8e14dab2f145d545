import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createContentHashes } from './content-hashes.js'
import { createHashFiles } from './hash-files.js'
import { readSha256 } from './read-sha256.js'

const nothing = (): boolean => false
const hashOf = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 120))

let root: string
const at = (name: string): string => join(root, name)

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tiltts-hash-'))
})
afterEach(() => rmSync(root, { recursive: true }))

describe('createHashFiles', () => {
  it('does not read a file again that is as it was', async () => {
    writeFileSync(at('a'), 'one')
    await settled()
    let reads = 0
    const hashFiles = createHashFiles(
      createContentHashes((path, size, signal) => {
        reads++
        return readSha256(path, size, signal)
      }),
    )
    const first = await hashFiles([at('a')], nothing)
    const second = await hashFiles([root], nothing)
    expect([...second]).toEqual([...first])
    expect(reads).toBe(1)
  })

  it('reads a file again that was changed to the same length with its old time', async () => {
    writeFileSync(at('a'), 'one')
    const { atime, mtime } = statSync(at('a'))
    await settled()
    const hashFiles = createHashFiles()
    await hashFiles([at('a')], nothing)
    writeFileSync(at('a'), 'two')
    utimesSync(at('a'), atime, mtime)
    expect((await hashFiles([at('a')], nothing)).get(at('a'))).toBe(hashOf('two'))
  })

  it('does not remember what was changed while it was read', async () => {
    writeFileSync(at('a'), 'one')
    await settled()
    let change = true
    const hashFiles = createHashFiles(
      createContentHashes(async (path, size, signal) => {
        const sha256 = await readSha256(path, size, signal)
        if (change) writeFileSync(path, 'two')
        change = false
        return sha256
      }),
    )
    await hashFiles([at('a')], nothing)
    expect((await hashFiles([at('a')], nothing)).get(at('a'))).toBe(hashOf('two'))
  })

  it('leaves out files that vanish meanwhile', async () => {
    for (let index = 0; index < 40; index++) writeFileSync(at(`${index}`.padStart(2, '0')), 'text')
    const hashFiles = createHashFiles(
      createContentHashes((path, size, signal) => {
        if (path !== at('07')) rmSync(at('07'), { force: true })
        return readSha256(path, size, signal)
      }),
    )
    const hashes = await hashFiles([root], nothing)
    expect(hashes.size).toBe(39)
    expect(hashes.has(at('07'))).toBe(false)
  })

  it('has a bounded number of files open at once', async () => {
    for (let index = 0; index < 100; index++) writeFileSync(at(`${index}`), 'text')
    let open = 0
    let most = 0
    const hashFiles = createHashFiles(
      createContentHashes(async (path, size, signal) => {
        most = Math.max(most, ++open)
        const sha256 = await readSha256(path, size, signal)
        open--
        return sha256
      }),
    )
    expect((await hashFiles([root], nothing)).size).toBe(100)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(16)
  })

  it('stops in the middle when it is called off', async () => {
    for (let index = 0; index < 100; index++) writeFileSync(at(`${index}`), 'text')
    const controller = new AbortController()
    let reads = 0
    const hashFiles = createHashFiles(
      createContentHashes((path, size, signal) => {
        if (++reads === 10) controller.abort(new Error('called off'))
        return readSha256(path, size, signal)
      }),
    )
    await expect(hashFiles([root], nothing, controller.signal)).rejects.toThrow('called off')
    expect(reads).toBeLessThan(40)
  })
})

describe('readSha256', () => {
  it('reads large files, and files that grew since their length was learned', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024, 'tiltts')
    writeFileSync(at('large'), large)
    writeFileSync(at('grown'), 'longer than three')
    expect(await readSha256(at('large'), large.length)).toBe(hashOf(large))
    expect(await readSha256(at('grown'), 3)).toBe(hashOf('longer than three'))
    expect(await readSha256(at('grown'), 300)).toBe(hashOf('longer than three'))
    writeFileSync(at('empty'), '')
    expect(await readSha256(at('empty'), 0)).toBe(hashOf(''))
    unlinkSync(at('empty'))
    expect(await readSha256(at('empty'), 0)).toBeUndefined()
  })
})
