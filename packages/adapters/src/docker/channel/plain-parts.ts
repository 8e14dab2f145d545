import type { ContainerFile } from '@tiltts/runtime/ports'
import type { EngineConnection } from '../connection.js'
import { copyByArchive } from './archive-copy.js'
import { inspectByArchive } from './archive-inspect.js'
import type { ContainerFacts } from './container-facts.js'
import { channelClosed, runFailed } from './failures.js'
import { inAnyOrder } from './in-any-order.js'
import { owners } from './owners.js'
import type { ChannelParts } from './parts.js'
import type { RunInShell } from './run-in-shell.js'
import { runOnce } from './run-once.js'
import type { OnOutput, ShellEnd } from './shell.js'
import { inspectByShell } from './shell-inspect.js'
import { removeByShell } from './shell-remove.js'
import { type WarmShell, warmShell } from './warm-shell.js'

/** From so many paths on, one command that reads them all is faster than asking the engine for each. */
const MANY_PATHS = 8

/**
 * A container as its image made it: files by the engine, commands by a shell that is kept. What the engine copied belongs
 * to root, so it is root that removes.
 */
export function plainParts(connection: EngineConnection, container: ContainerFacts): ChannelParts {
  const id = container.id
  const usual = warmShell({ connection, container: id })
  const root = container.root ? usual : warmShell({ connection, container: id, user: '0' })
  // The first command shall not wait for it. Whoever needs it hears why it failed.
  usual.get().catch(() => {})
  root.get().catch(() => {})

  /** `undefined`: there is no shell. An abort ends the command, and the shell with it. */
  const inShell = async (
    warm: WarmShell,
    argv: readonly string[],
    onOutput: OnOutput,
    signal: AbortSignal,
  ): Promise<ShellEnd | undefined> => {
    const shell = await warm.get()
    signal.throwIfAborted()
    if (!shell) return undefined
    const end = await aborted(shell.run(argv, onOutput), signal, warm.discard)
    if (end.kind === 'lost') throw channelClosed(container)
    return end
  }

  const asRoot =
    (signal: AbortSignal): RunInShell =>
    (argv, onOutput) =>
      inShell(root, argv, onOutput, signal)

  const kept = owners({ connection, container, run: asRoot })

  return {
    canRestartProcess: false,
    copy: (entries, signal) => copyByArchive(connection, container, entries, kept, signal),
    async remove(paths, signal) {
      kept.forget(paths)
      await removeByShell(container, paths, asRoot(signal))
    },
    async run({ argv, onOutput }, signal) {
      const end = await inShell(usual, argv, onOutput, signal)
      if (!end) return await runOnce(connection, container, argv, onOutput, signal)
      if (end.kind === 'not-started') throw runFailed(container, argv, end.reason)
      return { exitCode: end.kind === 'ended' ? end.exitCode : 137 }
    },
    async inspect(paths, signal) {
      const found = new Map<string, ContainerFile>()
      if (paths.length > MANY_PATHS) {
        for (const [path, file] of await inspectByShell(paths, asRoot(signal))) found.set(path, file)
      }
      const left = paths.filter((path) => !found.has(path))
      await inAnyOrder(left, async (path) => {
        found.set(path, await inspectByArchive(connection, container, path, signal))
      })
      return found
    },
    async restartProcess() {
      const why = 'its image has no helper in front of its command'
      throw runFailed(container, ['a restart of the process'], why)
    },
    close() {
      usual.close()
      root.close()
    },
  }
}

/** Rejects at once when aborted, after `onAbort`. */
function aborted<T>(promise: Promise<T>, signal: AbortSignal, onAbort: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      onAbort()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    promise.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject)
  })
}
