import type { Processes, RunningProcess } from '@tiltts/runtime/ports'
import type { LogLevel } from '@tiltts/spec'
import { createEcho } from './echo.js'
import type { CallId, FromHost, ToHost } from './protocol.js'

/** The commands that a host has asked for. */
export interface EngineCommands {
  start(command: Extract<FromHost, { type: 'exec' }>): void
  /** Ends those of one call. */
  stopCall(call: CallId): void
  /** Ends all, and resolves when they are gone. */
  stop(): Promise<void>
}

export interface EngineCommandsOptions {
  readonly processes: Processes
  /** SIGTERM to SIGKILL. */
  readonly graceMs: number
  readonly send: (message: ToHost) => void
  readonly log: (call: CallId, text: string, level: LogLevel) => void
}

export function createCommands({ processes, graceMs, send, log }: EngineCommandsOptions): EngineCommands {
  const running = new Map<RunningProcess, CallId>()
  return {
    start({ id, call, request }) {
      const echo = createEcho(request, (text) => log(call, text, 'info'))
      const process = processes.spawn({
        argv: request.argv,
        dir: request.dir,
        env: request.env,
        stdin: request.stdin,
        graceMs,
        oneOff: true,
        onOutput(text, stream) {
          send({ type: 'exec-output', id, stream, text })
          echo.output(text)
        },
      })
      running.set(process, call)
      void process.exited.then(({ exitCode, reason }) => {
        running.delete(process)
        echo.end()
        if (reason !== undefined) send({ type: 'exec-output', id, stream: 'stderr', text: `${reason}\n` })
        send({ type: 'exec-ended', id, exitCode })
      })
    },
    stopCall(call) {
      for (const [process, of] of running) if (of === call) void process.stop(graceMs)
    },
    async stop() {
      await Promise.all([...running.keys()].map((process) => process.stop(graceMs)))
    },
  }
}
