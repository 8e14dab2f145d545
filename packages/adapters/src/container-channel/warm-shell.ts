import { InfraError } from '@tiltts/spec'
import { endProcessesScript } from './end-processes.js'
import type { NamedContainer } from './failures.js'
import type { Exec } from './pipe.js'
import { openShell, type Shell } from './shell.js'

/** One shell in a container that is kept for all commands, opened when it is first needed, and again after an abort. */
export interface WarmShell {
  /** `undefined`: the image has no shell. */
  get(): Promise<Shell | undefined>
  /** Ends what runs in it, and itself. */
  discard(): void
  close(): void
}

export interface WarmShellOptions {
  readonly container: NamedContainer
  /** Starts a process beside that of the container, always as the same user. */
  readonly start: (argv: readonly string[], options: { readonly stdin: boolean }) => Promise<Exec>
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

async function open({ container, start }: WarmShellOptions): Promise<Shell | undefined> {
  const exec = await start(['sh'], { stdin: true })
  const opened = await openShell(exec.pipe)
  if (opened.ok) return opened.shell
  exec.pipe.destroy()
  const exitCode = await exec.exitCode()
  if (exitCode === 126 || exitCode === 127) return undefined
  const why = opened.said.trim() || `its shell ended with code ${exitCode ?? 'unknown'}`
  throw new InfraError('container/channel-closed', container.system, `no way into the container: ${why}`, {
    retry: true,
  })
}

async function endAll({ start }: WarmShellOptions, shell: Shell): Promise<void> {
  const { pipe } = await start(['sh', '-c', endProcessesScript(shell.pid)], { stdin: false })
  pipe.listen(() => {})
  await pipe.closed
  shell.close()
}
