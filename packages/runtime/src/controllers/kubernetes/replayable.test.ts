import { expect, it } from 'vitest'
import { replayable } from './replayable.js'

interface Source {
  readonly input: AsyncIterable<Uint8Array>
  push(text: string): void
  end(): void
}

function source(): Source {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 1000 })
  const writer = writable.getWriter()
  return {
    input: readable,
    push: (text) => void writer.write(Buffer.from(text)),
    end: () => void writer.close(),
  }
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += Buffer.from(chunk).toString()
  return text
}

it('gives all to a second reader, though the first one still waits for more', async () => {
  const { input, push, end } = source()
  const kept = replayable(input)
  push('one ')
  const first = kept.read()[Symbol.asyncIterator]()
  await first.next()
  const waiting = first.next()
  const second = textOf(kept.read())
  push('two ')
  push('three')
  end()
  expect(await second).toBe('one two three')
  expect(Buffer.from((await waiting).value).toString()).toBe('two ')
})

it('goes on with what comes once the beginning is forgotten', async () => {
  const { input, push, end } = source()
  const kept = replayable(input)
  const read = textOf(kept.read())
  push('one ')
  await new Promise((resolve) => setImmediate(resolve))
  kept.forget()
  push('two')
  end()
  expect(await read).toBe('one two')
  expect(kept.isWhole()).toBe(false)
})

it('keeps no more than a request is long', async () => {
  const { input, push, end } = source()
  const kept = replayable(input)
  const large = 'x'.repeat(100_000)
  for (let n = 0; n < 4; n++) push(large)
  end()
  expect((await textOf(kept.read())).length).toBe(400_000)
  expect(kept.isWhole()).toBe(false)
})

it('tells each reader that the input broke', async () => {
  const broken = replayable({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('reset')) }),
  })
  await expect(textOf(broken.read())).rejects.toThrow('reset')
  await expect(textOf(broken.read())).rejects.toThrow('reset')
})
