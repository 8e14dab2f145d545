import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { textReader } from './text-reader.js'

const document = (n: number): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${n}}\ndata: {a: "1", b: "2"}\n`
const long = Array.from({ length: 1000 }, (_, n) => document(n)).join('---\n')
const never = new AbortController().signal

it('lets others have their turn while it reads a long text', async () => {
  const read = textReader()
  let turns = 0
  let reading = true
  const others = (async () => {
    while (reading) {
      await sleep(1)
      turns++
    }
  })()
  const { documents } = await read({ text: long, name: 'a', file: '/a' }, never)
  reading = false
  await others
  expect(documents).toHaveLength(1000)
  expect(documents.at(-1)).toMatchObject({ object: { metadata: { name: 'c999' } }, place: { line: 999 * 5 + 1 } })
  expect(turns).toBeGreaterThan(3)
})

it('reads a file again only when it has another text', async () => {
  const read = textReader()
  const once = await read({ text: document(1), name: 'a', file: '/a' }, never)
  expect(await read({ text: document(1), name: 'a', file: '/a' }, never)).toBe(once)
  expect((await read({ text: document(2), name: 'a', file: '/a' }, never)).documents[0]?.object.metadata.name).toBe(
    'c2',
  )
})

it('stops in the middle when aborted', async () => {
  const reason = new Error('stopped')
  const stop = new AbortController()
  const reading = textReader()({ text: long, name: 'a' }, stop.signal)
  stop.abort(reason)
  await expect(reading).rejects.toBe(reason)
})
