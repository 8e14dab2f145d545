import { type ExecEnd, endOf } from '../container/exec-in-pod.js'
import { CLOSE, RESIZE, STATUS, STDERR, STDIN, STDOUT, V4, V5 } from '../exec-channels.js'
import { keepAlive } from '../keep-alive.js'
import { messageBytes } from '../message-bytes.js'
import { podPath } from '../pod-path.js'
import type { StreamDeps } from '../stream-deps.js'
import type { PodTerminal, PodTerminalRequest, TerminalSize } from './pod-terminal.js'

/** Starts a process beside that of a container, on a terminal of its own where a size is given. */
export async function terminalInPod(
  { transport, clock }: StreamDeps,
  { target, argv, size, onOutput }: PodTerminalRequest,
  signal: AbortSignal,
): Promise<PodTerminal> {
  const hasTerminal = size !== undefined
  const query = {
    container: target.container,
    command: argv,
    stdin: true,
    stdout: true,
    // On a terminal the two outputs are one.
    stderr: !hasTerminal,
    tty: hasTerminal,
  }
  const socket = await transport.websocket(podPath(target, 'exec'), query, [V5, V4], signal)
  keepAlive(socket, clock)
  const send = (channel: number, data: string | Uint8Array): void => {
    if (socket.readyState === socket.OPEN) socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(data)]))
  }
  let status = ''
  socket.on('message', (data) => {
    const message = messageBytes(data)
    const bytes = message.subarray(1)
    if (message[0] === STATUS) status += bytes.toString('utf8')
    else if (message[0] === STDOUT || message[0] === STDERR) {
      if (bytes.length > 0) onOutput(bytes, message[0] === STDERR ? 'stderr' : 'stdout')
    }
  })
  const ended = new Promise<ExecEnd>((resolve) => socket.once('close', () => resolve(endOf(status))))
  const resize = ({ columns, lines }: TerminalSize): void =>
    send(RESIZE, JSON.stringify({ Width: columns, Height: lines }))
  if (size !== undefined) resize(size)
  return {
    write: (data) => send(STDIN, data),
    resize,
    end() {
      if (socket.protocol === V5) send(CLOSE, Buffer.from([STDIN]))
      else socket.close()
    },
    ended,
  }
}
