import type { Duplex } from 'node:stream'
import { InfraError } from '@tiltts/spec'
import type { Exec, Pipe } from '../../container-channel/pipe.js'
import type { EngineConnection } from '../connection.js'
import { frameSplitter } from '../multiplexed.js'

/** Starting a process takes an engine tens of milliseconds, seconds on a machine in trouble. */
const START_MS = 30_000

export interface ExecRequest {
  readonly container: string
  readonly argv: readonly string[]
  /** @default the user of the container */
  readonly user?: string | undefined
  readonly stdin: boolean
  readonly signal?: AbortSignal | undefined
}

/** Starts a process beside that of a container, as `docker exec`. That it could not be started shows only in its output. */
export async function startExec(connection: EngineConnection, request: ExecRequest): Promise<Exec> {
  const { container, argv, user, stdin, signal } = request
  const created = await connection.call(
    (docker, abortSignal) =>
      docker.getContainer(container).exec({
        AttachStdin: stdin,
        AttachStdout: true,
        AttachStderr: true,
        Cmd: [...argv],
        ...(user !== undefined && { User: user }),
        abortSignal,
      }),
    { signal, timeoutMs: START_MS },
  )
  const body = JSON.stringify({ Detach: false, Tty: false })
  const headers = { 'content-type': 'application/json' }
  const socket = await connection.upgrade({ path: `/exec/${created.id}/start`, headers, body, signal })
  return {
    pipe: pipeOf(socket),
    async exitCode() {
      const { ExitCode } = await connection.call((docker) => docker.getExec(created.id).inspect())
      return ExitCode ?? undefined
    },
  }
}

function pipeOf(socket: Duplex): Pipe {
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
    socket.once('end', () => {
      resolve()
      socket.destroy()
    })
  })
  // The end of a connection says the same as its error: nothing comes any more.
  socket.on('error', () => {})
  // It must not keep the process alive that owns it.
  if ('unref' in socket && typeof socket.unref === 'function') socket.unref()
  return {
    closed,
    write: (data) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed)
          return reject(new InfraError('container/channel-closed', 'docker', 'the stream is closed'))
        socket.write(data, (error) => (error ? reject(error) : resolve()))
      }),
    listen: (onOutput) => void socket.on('data', frameSplitter(onOutput)),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  }
}
