import { channelClosed, copyFailed, type NamedContainer, runFailed } from '../../../container-channel/failures.js'
import { inShell, orAborted } from '../../../container-channel/in-shell.js'
import { isShorterFile } from '../../../container-channel/local-entry.js'
import type { ChannelParts } from '../../../container-channel/parts.js'
import type { RunInShell } from '../../../container-channel/run-in-shell.js'
import { inspectByShell } from '../../../container-channel/shell-inspect.js'
import { removeByShell } from '../../../container-channel/shell-remove.js'
import { tarStream } from '../../../container-channel/tar-stream.js'
import { type WarmShell, warmShell } from '../../../container-channel/warm-shell.js'
import type { PodExec } from './exec-in-pod.js'
import { inspectOneByOne } from './inspect-one-by-one.js'
import { places } from './places.js'
import type { TarProcess } from './tar-process.js'

const ATTEMPTS = 5

export interface ShellPartsDeps {
  readonly container: NamedContainer
  readonly start: (argv: readonly string[], options: { readonly stdin: boolean }) => Promise<PodExec>
  readonly tar: TarProcess
}

/** A container with a shell: files by a tar that is kept, commands by a shell that is kept, all as its own user. */
export function shellParts({ container, start, tar }: ShellPartsDeps): ChannelParts {
  const warm: WarmShell = warmShell({ container, start })
  // The first command shall not wait for it. Whoever needs it hears why it failed.
  warm.get().catch(() => {})
  const kept = places(container)
  const runner =
    (signal: AbortSignal): RunInShell =>
    (argv, onOutput) =>
      inShell(container, warm, { argv, onOutput, signal })

  const copy: ChannelParts['copy'] = async (entries, signal) => {
    const paths = entries.map(({ containerPath }) => containerPath)
    for (let attempt = 1; ; attempt++) {
      await kept.prepare(entries, runner(signal))
      const process = await tar.get()
      if (process.kind === 'missing') {
        const why = `its image has no ${process.program}, and not the helper that live updates add to images`
        throw copyFailed(container, 'copy files into', why)
      }
      signal.throwIfAborted()
      const { bytes, sent } = tarStream(entries, {
        leavesOut: async (path) => kept.isFolder(path),
        ownerOf: (path) => kept.owner(path) ?? { uid: 0, gid: 0 },
        longNames: 'gnu',
      })
      try {
        const end = await orAborted(process.tar.unpack(bytes), signal, tar.discard)
        if (end.kind === 'lost') throw channelClosed(container)
        if (end.exitCode === 0) return sent()
        // What stands there may have changed since it was looked at.
        kept.forget(paths)
        if (attempt > 1) throw copyFailed(container, 'copy files into', end.said || `tar ended with ${end.exitCode}`)
      } catch (error) {
        if (!isShorterFile(error)) throw error
        tar.discard()
        if (attempt === ATTEMPTS)
          throw copyFailed(container, 'copy files into', 'a file keeps changing while it is read')
      }
    }
  }

  return {
    canRestartProcess: false,
    copy,
    async remove(paths, signal) {
      kept.forget(paths)
      await removeByShell(container, paths, runner(signal))
    },
    async run({ argv, onOutput }, signal) {
      const end = await inShell(container, warm, { argv, onOutput, signal })
      if (!end) throw channelClosed(container)
      if (end.kind === 'not-started') throw runFailed(container, argv, end.reason)
      return { exitCode: end.kind === 'ended' ? end.exitCode : 137 }
    },
    async inspect(paths, signal) {
      const found = new Map(await inspectByShell(paths, runner(signal)))
      const left = paths.filter((path) => !found.has(path))
      for (const [path, file] of await inspectOneByOne(container, left, runner(signal))) found.set(path, file)
      return found
    },
    async restartProcess() {
      throw runFailed(container, ['a restart of the process'], 'its image has no helper in front of its command')
    },
    close() {
      warm.close()
      tar.close()
    },
  }
}
