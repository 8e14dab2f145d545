import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Processes } from '@tiltts/runtime/ports'

export interface CommandRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** Why it could not be started, or what ended it, when its code does not say it all. */
  readonly reason?: string | undefined
  readonly started: boolean
}

export interface CommandRequest {
  readonly argv: readonly string[]
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
  readonly stdin?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onOutput?: ((text: string, stream: 'stdout' | 'stderr') => void) | undefined
  /** How much of the end of each output is kept, in characters. @default all */
  readonly keep?: number | undefined
}

/** Compose puts down what it was doing when asked to end. */
const STOP_GRACE_MS = 5000

/** Runs a command to its end. Rejects with the signal's reason once an aborted one is gone. */
export async function runCommand(processes: Processes, request: CommandRequest): Promise<CommandRun> {
  const { argv, dir, env, stdin, signal, onOutput, keep = Number.POSITIVE_INFINITY } = request
  signal?.throwIfAborted()
  const output = { stdout: '', stderr: '' }
  const running = processes.spawn({
    argv,
    // Compose is told its folder; a missing one is for it to complain about.
    dir: existsSync(dir) ? dir : tmpdir(),
    env,
    stdin,
    oneOff: true,
    onOutput: (text, stream) => {
      const all = output[stream] + text
      output[stream] = all.length > keep * 2 ? all.slice(-keep) : all
      onOutput?.(text, stream)
    },
  })
  const stop = (): void => void running.stop(STOP_GRACE_MS)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const { exitCode, reason } = await running.exited
    signal?.throwIfAborted()
    return { exitCode, reason, ...output, started: running.pid !== undefined }
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
