import type { Readable } from 'node:stream'

/** Each line of a stream as JSON. Rejects when the stream breaks, and for what is no JSON. */
export async function* jsonLines(stream: Readable): AsyncGenerator<Readonly<Record<string, unknown>>> {
  let rest = ''
  stream.setEncoding('utf8')
  for await (const text of stream) {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield object(line)
  }
  if (rest.trim() !== '') yield object(rest)
}

function object(line: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(line)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
