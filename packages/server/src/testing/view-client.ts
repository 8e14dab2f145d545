import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { View } from '../web/view.js'

export interface ViewClient {
  readonly socket: WebSocket
  readonly frames: readonly View[]
  /** Waits for a frame that is so, among all that have come. */
  frame(is: (view: View) => boolean): Promise<View>
  /** Waits for the end of the connection. Resolves to its code. */
  readonly closed: Promise<number>
}

/** A client of a view's socket, until the test ends. Rejects with the server's status when it refuses. */
export async function viewClient(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<ViewClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  onTestFinished(() => socket.terminate())
  const frames: View[] = []
  let check = (): void => {}
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)) as View)
    check()
  })
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () => resolve())
    socket.on('error', reject)
    socket.on('unexpected-response', (_request, answer) => reject(new Error(String(answer.statusCode))))
  })
  return {
    socket,
    frames,
    closed,
    frame: (is) =>
      new Promise((resolve) => {
        check = () => {
          const found = frames.find(is)
          if (found !== undefined) resolve(found)
        }
        check()
      }),
  }
}
