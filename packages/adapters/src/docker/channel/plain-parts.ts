import type { ContainerFile } from '@tiltts/runtime/ports'
import { runFailed } from '../../container-channel/failures.js'
import { inShell } from '../../container-channel/in-shell.js'
import type { ChannelParts } from '../../container-channel/parts.js'
import type { RunInShell } from '../../container-channel/run-in-shell.js'
import { inspectByShell } from '../../container-channel/shell-inspect.js'
import { removeByShell } from '../../container-channel/shell-remove.js'
import { type WarmShell, warmShell } from '../../container-channel/warm-shell.js'
import type { EngineConnection } from '../connection.js'
import { copyByArchive } from './archive-copy.js'
import { inspectByArchive } from './archive-inspect.js'
import type { ContainerFacts } from './container-facts.js'
import { startExec } from './exec.js'
import { inAnyOrder } from './in-any-order.js'
import { owners } from './owners.js'
import { runOnce } from './run-once.js'

/** From so many paths on, one command that reads them all is faster than asking the engine for each. */
const MANY_PATHS = 8

/**
 * A container as its image made it: files by the engine, commands by a shell that is kept. What the engine copied belongs
 * to root, so it is root that removes.
 */
export function plainParts(connection: EngineConnection, container: ContainerFacts): ChannelParts {
  const id = container.id
  const shellOf = (user?: string): WarmShell =>
    warmShell({ container, start: (argv, { stdin }) => startExec(connection, { container: id, argv, user, stdin }) })
  const usual = shellOf()
  const root = container.root ? usual : shellOf('0')
  // The first command shall not wait for it. Whoever needs it hears why it failed.
  usual.get().catch(() => {})
  root.get().catch(() => {})

  const asRoot =
    (signal: AbortSignal): RunInShell =>
    (argv, onOutput) =>
      inShell(container, root, { argv, onOutput, signal })

  const kept = owners({ connection, container, run: asRoot })

  return {
    canRestartProcess: false,
    copy: (entries, signal) => copyByArchive(connection, container, entries, kept, signal),
    async remove(paths, signal) {
      kept.forget(paths)
      await removeByShell(container, paths, asRoot(signal))
    },
    async run({ argv, onOutput }, signal) {
      const end = await inShell(container, usual, { argv, onOutput, signal })
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
