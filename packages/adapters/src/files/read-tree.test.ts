import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createContentHashes } from './content-hashes.js'
import { createHashFiles } from './hash-files.js'
import { readSha256 } from './read-sha256.js'
import { createReadTree } from './read-tree.js'
import { byBytes } from './walk-tree.js'

const all = { ignored: () => false, prunes: () => false }
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 120))

let root: string
const at = (name: string): string => join(root, name)

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tiltts-tree-'))
})
afterEach(() => rmSync(root, { recursive: true }))

describe('createReadTree', () => {
  it('reads nothing again that has not changed, also when its hash was asked for elsewhere', async () => {
    let reads = 0
    const contents = createContentHashes((path, size, signal) => {
      reads++
      return readSha256(path, size, signal)
    })
    const [readTree, hashFiles] = [createReadTree(contents), createHashFiles(contents)]
    for (let index = 0; index < 20; index++) writeFileSync(at(`${index}`), `text ${index}`)
    await settled()
    const first = await readTree({ paths: [root], ...all })
    await hashFiles([root], () => false)
    expect(await readTree({ paths: [root], ...all })).toEqual(first)
    expect(reads).toBe(20)
    writeFileSync(at('7'), 'other 7')
    const third = await readTree({ paths: [root], ...all })
    expect(reads).toBe(21)
    expect(third.filter((entry, index) => entry.hash !== first[index]?.hash).map(({ path }) => path)).toEqual([at('7')])
  })

  it('tells all permission bits', async () => {
    writeFileSync(at('run'), '')
    chmodSync(at('run'), 0o4751)
    const entries = await createReadTree(createContentHashes())({ paths: [at('run')], ...all })
    expect(entries.map(({ mode }) => mode.toString(8))).toEqual(['4751'])
  })

  it('leaves out sockets, and files that vanish before they are read', async () => {
    const server = createServer().listen(at('socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    writeFileSync(at('a'), 'text')
    writeFileSync(at('b'), 'text')
    const contents = createContentHashes((path, size, signal) => {
      rmSync(at('b'), { force: true })
      return readSha256(path, size, signal)
    })
    const entries = await createReadTree(contents)({ paths: [root], ...all })
    server.close()
    expect(entries.map(({ path }) => path)).toEqual([root, at('a')])
  })

  it('lets the event loop turn while it looks at many files', async () => {
    for (let folder = 0; folder < 30; folder++) {
      mkdirSync(at(`${folder}`))
      for (let index = 0; index < 100; index++) writeFileSync(at(`${folder}/${index}`), '')
    }
    const readTree = createReadTree(createContentHashes())
    let longest = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 1)
    const entries = await readTree({ paths: [root], ...all })
    clearInterval(timer)
    expect(entries.length).toBe(1 + 30 + 3000)
    // A slice is 8 ms; a busy machine stretches it.
    expect(longest).toBeLessThan(150)
  })

  it('stops in the middle when it is called off', async () => {
    for (let index = 0; index < 100; index++) writeFileSync(at(`${index}`), 'text')
    const controller = new AbortController()
    let reads = 0
    const contents = createContentHashes((path, size, signal) => {
      if (++reads === 10) controller.abort(new Error('called off'))
      return readSha256(path, size, signal)
    })
    const reading = createReadTree(contents)({ paths: [root], ...all, signal: controller.signal })
    await expect(reading).rejects.toThrow('called off')
    expect(reads).toBeLessThan(40)
  })
})

describe('byBytes', () => {
  it('sorts names as their UTF-8 does', () => {
    const names = ['\u{1f600}', '\uffee', 'b', 'B', 'a-b', 'a', '_', 'ä', '\u{1f601}', '\ue000']
    const expected = [...names].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    expect([...names].sort(byBytes)).toEqual(expected)
  })
})
