import type { PodContainerRef } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import type { Exec, Pipe } from '../../../container-channel/pipe.js'
import { CLOSE, STATUS, STDERR, STDIN, STDOUT, V4, V5 } from '../exec-channels.js'
import { keepAlive } from '../keep-alive.js'
import { messageBytes } from '../message-bytes.js'
import { podPath } from '../pod-path.js'
import type { StreamDeps } from '../stream-deps.js'

export interface PodExecRequest {
  readonly target: PodContainerRef
  readonly argv: readonly string[]
  readonly stdin: boolean
  readonly signal?: AbortSignal | undefined
}

/** A process beside that of a container of a pod. */
export interface PodExec extends Exec {
  /** How it ended, once the pipe has closed. */
  end(): ExecEnd
}

export type ExecEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  /** In the words of whoever could not start it. */
  | { readonly kind: 'not-started'; readonly reason: string }
  /** The connection is gone, and maybe the container. */
  | { readonly kind: 'lost' }

const never = new AbortController().signal

/** Starts a process beside that of a container. That it could not be started shows at its end. */
export async function execInPod({ transport, clock }: StreamDeps, request: PodExecRequest): Promise<PodExec> {
  const { target, argv, stdin, signal = never } = request
  const query = { container: target.container, command: argv, stdin, stdout: true, stderr: true }
  const socket = await transport.websocket(podPath(target, 'exec'), query, [V5, V4], signal)
  keepAlive(socket, clock)
  let status = ''
  let listener: Parameters<Pipe['listen']>[0] | undefined
  const early: [Buffer, 'stdout' | 'stderr'][] = []
  socket.on('message', (data) => {
    const message = messageBytes(data)
    const [channel] = message
    const bytes = message.subarray(1)
    if (channel === STATUS) status += bytes.toString('utf8')
    if ((channel !== STDOUT && channel !== STDERR) || bytes.length === 0) return
    const stream = channel === STDERR ? 'stderr' : 'stdout'
    if (listener) listener(bytes, stream)
    else early.push([bytes, stream])
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const gone = (): InfraError =>
    new InfraError('container/channel-closed', 'kubernetes', 'the stream is closed', { retry: true })
  const framed = (data: string | Uint8Array): Buffer => Buffer.concat([Buffer.from([STDIN]), Buffer.from(data)])
  const end = (): ExecEnd => endOf(status)
  return {
    pipe: {
      closed,
      write: (data) =>
        new Promise((resolve, reject) => {
          if (socket.readyState !== socket.OPEN) return reject(gone())
          socket.send(framed(data), (error) => (error ? reject(gone()) : resolve()))
        }),
      listen(onOutput) {
        listener = onOutput
        for (const [bytes, stream] of early.splice(0)) onOutput(bytes, stream)
      },
      end() {
        if (socket.readyState !== socket.OPEN) return
        if (socket.protocol === V5) socket.send(Buffer.from([CLOSE, STDIN]))
        else socket.close()
      },
      destroy: () => socket.terminate(),
    },
    end,
    async exitCode() {
      const ended = end()
      if (ended.kind === 'exited') return ended.exitCode
      return ended.kind === 'not-started' ? 127 : undefined
    },
  }
}

interface Status {
  readonly status?: string
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] }
}

/** @param text a Status of the API; '' when none came */
export function endOf(text: string): ExecEnd {
  if (text === '') return { kind: 'lost' }
  const { status, message = '', details } = JSON.parse(text) as Status
  if (status === 'Success') return { kind: 'exited', exitCode: 0 }
  const code = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message
  if (code !== undefined) return { kind: 'exited', exitCode: Number(code) }
  const isStart = /OCI runtime exec failed|failed to start exec|exec failed/i.test(message)
  return isStart ? { kind: 'not-started', reason: message } : { kind: 'lost' }
}
