import { channelClosed, type NamedContainer } from './failures.js'
import type { OnOutput, ShellEnd } from './shell.js'
import type { WarmShell } from './warm-shell.js'

export interface ShellCommand {
  readonly argv: readonly string[]
  readonly onOutput: OnOutput
  readonly signal: AbortSignal
}

/** Runs a command in a kept shell; `undefined`: there is no shell. An abort ends the command, and the shell with it. */
export async function inShell(
  container: NamedContainer,
  warm: WarmShell,
  { argv, onOutput, signal }: ShellCommand,
): Promise<ShellEnd | undefined> {
  const shell = await warm.get()
  signal.throwIfAborted()
  if (!shell) return undefined
  const end = await orAborted(shell.run(argv, onOutput), signal, warm.discard)
  if (end.kind === 'lost') throw channelClosed(container)
  return end
}

/** Rejects at once when aborted, after `onAbort`. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal, onAbort: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      onAbort()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    promise.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject)
  })
}
