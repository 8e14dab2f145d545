import { InfraError } from '@tiltts/spec'
import type { EngineConnection } from '../connection.js'
import { endProcessesScript } from './end-processes.js'
import { startExec } from './exec.js'
import { openShell, type Shell } from './shell.js'

/** One shell in a container that is kept for all commands, opened when it is first needed, and again after an abort. */
export interface WarmShell {
  /** `undefined`: the image has no shell. */
  get(signal?: AbortSignal): Promise<Shell | undefined>
  /** Ends what runs in it, and itself. */
  discard(): void
  close(): void
}

export interface WarmShellOptions {
  readonly connection: EngineConnection
  readonly container: string
  /** @default that of the container */
  readonly user?: string | undefined
}

export function warmShell(options: WarmShellOptions): WarmShell {
  let opening: Promise<Shell | undefined> | undefined
  let closed = false
  return {
    async get() {
      if (!opening) {
        const attempt = open(options)
        opening = attempt
        attempt.catch(() => {
          if (opening === attempt) opening = undefined
        })
      }
      const shell = await opening
      if (closed) shell?.close()
      return shell
    },
    discard() {
      const discarded = opening
      opening = undefined
      // What cannot be ended any more has ended with its container.
      discarded?.then((shell) => shell && endAll(options, shell)).catch(() => {})
    },
    close() {
      closed = true
      opening?.then((shell) => shell?.close()).catch(() => {})
    },
  }
}

async function open({ connection, container, user }: WarmShellOptions): Promise<Shell | undefined> {
  const exec = await startExec(connection, { container, argv: ['sh'], user, stdin: true })
  const opened = await openShell(exec.pipe)
  if (opened.ok) return opened.shell
  exec.pipe.destroy()
  const exitCode = await exec.exitCode()
  if (exitCode === 126 || exitCode === 127) return undefined
  const why = opened.said.trim() || `its shell ended with code ${exitCode ?? 'unknown'}`
  throw new InfraError('container/channel-closed', 'docker', `no way into the container: ${why}`, { retry: true })
}

async function endAll({ connection, container, user }: WarmShellOptions, shell: Shell): Promise<void> {
  const argv = ['sh', '-c', endProcessesScript(shell.pid)]
  const { pipe } = await startExec(connection, { container, argv, user, stdin: false })
  pipe.listen(() => {})
  await pipe.closed
  shell.close()
}
