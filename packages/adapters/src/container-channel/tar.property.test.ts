import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutAnyhow } from '../docker/testing/cut-anyhow.js'
import { type TarEntry, tarEnd, tarHeader, tarPadding } from './tar-header.js'
import { readTar } from './tar-reader.js'

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 150 }).filter((text) => !/[\0/]/.test(text))
const entry = fc.record({
  path: fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
  kind: fc.constantFrom<TarEntry['kind']>('file', 'folder', 'link'),
  mode: fc.nat(0o7777),
  mtimeMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  body: fc.uint8Array({ maxLength: 1500 }),
  target: name,
})

describe('tar', () => {
  it('what is written is read, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 5 }), fc.array(fc.nat(700)), async (entries, cuts) => {
        const blocks = entries.map(({ body, target, ...rest }) => {
          const size = rest.kind === 'file' ? body.length : 0
          const header = tarHeader({ ...rest, size, target: rest.kind === 'link' ? target : undefined })
          return Buffer.concat([header, body.subarray(0, size), tarPadding(size)])
        })
        async function* source(): AsyncGenerator<Buffer> {
          yield* cutAnyhow(Buffer.concat([...blocks, tarEnd()]), cuts)
        }
        const got: unknown[] = []
        for await (const { path, kind, target, body } of readTar(source())) {
          const pieces: Buffer[] = []
          // Every second body is left unread.
          if (got.length % 2 === 0) for await (const piece of body) pieces.push(piece)
          got.push([path, kind, target, got.length % 2 === 0 ? Buffer.concat(pieces).toString('hex') : ''])
        }
        const expected = entries.map(({ path, kind, target, body }, index) => [
          kind === 'folder' ? `${path}/` : path,
          kind,
          kind === 'link' ? target : '',
          kind === 'file' && index % 2 === 0 ? Buffer.from(body).toString('hex') : '',
        ])
        expect(got).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  it('rejects a stream that ends in the middle', async () => {
    const header = tarHeader({ path: 'a', kind: 'file', mode: 0o644, mtimeMs: 0, size: 1000 })
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.concat([header, Buffer.alloc(10)])
    }
    const read = async (): Promise<void> => {
      for await (const _entry of readTar(source()));
    }
    await expect(read()).rejects.toThrow('ended too early')
  })

  it("is understood by the system's tar", () => {
    const long = `${'deep/'.repeat(60)}ä`
    const file = tarHeader({ path: long, kind: 'file', mode: 0o4751, mtimeMs: 1_700_000_000_250, size: 3 })
    const link = tarHeader({ path: 'l', kind: 'link', mode: 0o777, mtimeMs: 0, size: 0, target: '../elsewhere' })
    const input = Buffer.concat([file, Buffer.from('abc'), tarPadding(3), link, tarEnd()])
    const listed = execFileSync('tar', ['-tvf', '-', '--quoting-style=literal', '--utc', '--full-time'], {
      input,
    }).toString()
    expect(listed).toContain('-rwsr-x--x 0/0')
    expect(listed).toMatch(/ 3 2023-11-14 22:13:20\.25/)
    expect(listed).toContain(long)
    expect(listed).toContain('l -> ../elsewhere')
  })
})
