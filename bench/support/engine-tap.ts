import { rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEnd } from './cleanup.js'

/** A way to the engine of this machine on which can be seen what is asked of it. */
export interface EngineTap {
  /** As DOCKER_HOST takes it. */
  readonly host: string
  /** Requests so far: `POST /v1.45/build?…`, with the time in milliseconds since the epoch. */
  readonly requests: readonly { readonly line: string; readonly at: number }[]
  /** When this text first went to the engine, since the last call. */
  seen(text: string): Promise<number>
  close(): void
}

const engine = (process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '')
const requestLine = /^(?:GET|POST|PUT|HEAD|DELETE) \S+(?= HTTP\/1\.1\r\n)/

export async function tapEngine(): Promise<EngineTap> {
  const path = join(tmpdir(), `tiltts-bench-${process.pid}.sock`)
  const requests: { line: string; at: number }[] = []
  const sockets = new Set<Socket>()
  let lookOut: ((bytes: Buffer) => void) | undefined
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ path: engine, allowHalfOpen: true })
    client.on('data', (bytes: Buffer) => {
      const [line] = requestLine.exec(bytes.toString('latin1', 0, 4096)) ?? []
      if (line !== undefined) requests.push({ line, at: Date.now() })
      lookOut?.(bytes)
    })
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    host: `unix://${path}`,
    requests,
    seen: (text) =>
      new Promise((resolve) => {
        lookOut = (bytes) => {
          if (!bytes.includes(text)) return
          lookOut = undefined
          resolve(Date.now())
        }
      }),
    close: atEnd(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
      rmSync(path, { force: true })
    }),
  }
}
