import type { Readable, Writable } from 'node:stream'

/** A message of JSON-RPC. */
export interface Message {
  readonly id?: number | string | null
  readonly method?: string
  readonly params?: unknown
}

/** The messages of a client, each behind a head with its length. Ends with the stream; throws for what is no such thing. */
export async function* messagesOf(input: Readable): AsyncGenerator<Message, void, undefined> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of input) {
    rest = Buffer.concat([rest, chunk as Buffer])
    for (;;) {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) break
      const length = lengthIn(rest.subarray(0, end).toString('latin1'))
      const from = end + 4
      if (rest.length < from + length) break
      const text = rest.subarray(from, from + length).toString('utf8')
      rest = rest.subarray(from + length)
      yield JSON.parse(text) as Message
    }
  }
}

function lengthIn(head: string): number {
  const [, digits] = /^content-length: *(\d+) *$/im.exec(head) ?? []
  if (digits === undefined) throw new Error(`the head of a message has no Content-Length: ${JSON.stringify(head)}`)
  return Number(digits)
}

/** Writes a message as a client reads it. */
export function send(output: Writable, message: object): void {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message })
  output.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
}
