import type { ExecRequest, ExecResult } from '@tiltts/config/collector'
import type { HostExec, ToHost } from '../protocol.js'
import { currentCall } from './current-call.js'
import type { KeepAlive } from './keep-alive.js'
import type { UpChannel } from './up-channel.js'

/** Runs a command to its end. */
export type RunCommand = (request: ExecRequest) => Promise<ExecResult>

/** Commands of the host are processes of the engine: it shows their output, and ends them when the host goes. */
export interface EngineCommands {
  readonly run: RunCommand
  /** What the engine says about them. */
  take(message: Extract<ToHost, { type: 'exec-output' | 'exec-ended' }>): void
}

interface Running {
  readonly output: { stdout: string; stderr: string }
  readonly end: (exitCode: number) => void
}

export function createEngineCommands(up: UpChannel, alive: KeepAlive): EngineCommands {
  const running = new Map<number, Running>()
  let last = 0
  return {
    run(request: HostExec) {
      const id = ++last
      return new Promise((resolve) => {
        const output = { stdout: '', stderr: '' }
        const letGo = alive.hold()
        running.set(id, {
          output,
          end(exitCode) {
            letGo()
            resolve({ ...output, exitCode })
          },
        })
        up.send({ type: 'exec', id, call: currentCall(), request })
      })
    },
    take(message) {
      const command = running.get(message.id)
      if (command === undefined) return
      if (message.type === 'exec-output') command.output[message.stream] += message.text
      else {
        running.delete(message.id)
        command.end(message.exitCode)
      }
    },
  }
}
