import { InfraError } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import type { ContainerChannel, CopiedEntry, CopyEntry } from '../ports/container-channel.js'
import type { FakeContainerRow } from './fake-docker-containers.js'
import { findContainerProgram, type ProgramTable, runProgram } from './fake-docker-programs.js'
import { type FakeSource, sourceEntry } from './fake-docker-source.js'
import { containerFile, type FakeTreeEntry } from './fake-docker-tree.js'

export interface FakeChannelParts {
  readonly row: FakeContainerRow
  readonly clock: Clock
  readonly source: FakeSource
  readonly programs: ProgramTable
  /** Paths that take no copies, with the words for it. */
  readonly refused: ReadonlyMap<string, string>
  /** Aborted when the engine goes away. */
  readonly connection: AbortSignal
}

/** A way into one run of a container: closed when that run ends. */
export function fakeChannel(parts: FakeChannelParts): ContainerChannel {
  const { row, source } = parts
  const closing = new AbortController()
  const ended = AbortSignal.any([row.runEnded(), parts.connection, closing.signal])
  let last: Promise<unknown> = Promise.resolve()

  const closed = (): InfraError =>
    new InfraError('container/channel-closed', 'docker', `container ${row.name} is not running`, { retry: true })

  /** One after another; a request that is not through when the container stops has failed. */
  const request = <T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> => {
    const turn = last.then(async () => {
      signal.throwIfAborted()
      if (ended.aborted) throw closed()
      const both = AbortSignal.any([signal, ended])
      const broken = new Promise<never>((_resolve, reject) => {
        both.addEventListener('abort', () => reject(signal.aborted ? signal.reason : closed()), { once: true })
      })
      return Promise.race([work(both), broken])
    })
    last = turn.catch(() => {})
    return turn
  }

  const refusal = (path: string): string | undefined =>
    [...parts.refused].find(([folder]) => path === folder || path.startsWith(`${folder}/`))?.[1]

  const copyOne = (entry: CopyEntry, found: FakeTreeEntry | undefined): CopiedEntry => {
    if (found === undefined) return entry
    const words = refusal(entry.containerPath)
    if (words !== undefined) {
      throw new InfraError('container/copy-failed', 'docker', `${entry.containerPath}: ${words}`)
    }
    row.tree.put(entry.containerPath, found)
    return found.kind === 'folder' ? entry : { ...entry, hash: found.hash }
  }

  return {
    container: row.id,
    canRestartProcess: row.canRestartProcess,
    copy: (entries, signal) =>
      request(async () => entries.map((entry) => copyOne(entry, sourceEntry(source, entry.localPath))), signal),
    remove: (paths, signal) =>
      request(async () => {
        for (const path of paths) {
          const words = refusal(path)
          if (words !== undefined) throw new InfraError('container/copy-failed', 'docker', `${path}: ${words}`)
          row.tree.remove(path)
        }
      }, signal),
    run: ({ argv, onOutput }, signal) =>
      request(async (both) => {
        const program = findContainerProgram(argv, parts.programs)
        if (program === undefined) {
          const message = `exec: "${argv[0] ?? ''}": executable file not found in $PATH`
          throw new InfraError('container/run-failed', 'docker', message)
        }
        const { tree } = row
        const exitCode = await runProgram({ program, argv, tree, clock: parts.clock, write: onOutput, signal: both })
        return { exitCode }
      }, signal),
    inspect: (paths, signal) =>
      request(async () => new Map(paths.map((path) => [path, containerFile(row.tree.get(path))])), signal),
    restartProcess: (signal) =>
      request(async () => {
        if (!row.canRestartProcess) {
          const message = `nothing in container ${row.name} can restart its process`
          throw new InfraError('container/run-failed', 'docker', message)
        }
        row.restartMain()
      }, signal),
    async close() {
      closing.abort(closed())
    },
  }
}
