import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'

/** A session with the debugger of another Node process: commands with answers, and events. */
export interface InspectorSession {
  command(method: string, params?: object): Promise<unknown>
  onEvent(handler: (method: string, params: unknown) => void): void
  close(): void
}

interface Incoming {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/**
 * Connects by WebSocket, of which Node 20 has no client.
 *
 * @param url As the process prints it: `ws://127.0.0.1:9229/<id>`.
 */
export async function connectInspector(url: string): Promise<InspectorSession> {
  const { hostname, port, pathname } = new URL(url)
  const socket = connect(Number(port), hostname)
  let received = Buffer.alloc(0)
  let handler = (_method: string, _params: unknown): void => {}
  let nextId = 0
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  const fail = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const take = (text: string): void => {
    const message = JSON.parse(text) as Incoming
    if (message.id === undefined) {
      handler(message.method ?? '', message.params)
      return
    }
    const command = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error) command?.reject(new Error(message.error.message))
    else command?.resolve(message.result)
  }

  socket.write(
    [
      `GET ${pathname} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      'Sec-WebSocket-Version: 13',
      '\r\n',
    ].join('\r\n'),
  )
  await new Promise<void>((resolve, reject) => {
    let open = false
    socket.on('error', (error) => (open ? fail(error) : reject(error)))
    socket.on('close', () => fail(new Error('the inspector closed the connection')))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (!open) {
        const end = received.indexOf('\r\n\r\n')
        if (end < 0) return
        open = true
        received = received.subarray(end + 4)
        resolve()
      }
      for (;;) {
        const message = readFrame(received)
        if (message === undefined) return
        received = received.subarray(message.length)
        take(message.text)
      }
    })
  })

  return {
    command(method, params = {}) {
      nextId += 1
      const id = nextId
      socket.write(writeFrame(JSON.stringify({ id, method, params })))
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
    },
    onEvent(given) {
      handler = given
    },
    close() {
      socket.destroy()
    },
  }
}

/** A whole text frame at the start of the bytes. The inspector sends nothing else, unmasked and in one piece. */
function readFrame(bytes: Buffer): { readonly text: string; readonly length: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1) & 0x7f
  const head = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < head) return undefined
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < head + size) return undefined
  return { text: bytes.toString('utf8', head, head + size), length: head + size }
}

/** A text frame as clients send it: masked, here with zeros. */
function writeFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff])
  return Buffer.concat([head, Buffer.alloc(4), payload])
}
