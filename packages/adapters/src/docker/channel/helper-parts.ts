import { StringDecoder } from 'node:string_decoder'
import { agentArgv, type HelperChannel, helperVersion, type InspectedPath, openHelperChannel } from '@tiltts/helper'
import type { ContainerFile } from '@tiltts/runtime/ports'
import type { EngineConnection } from '../connection.js'
import type { ContainerFacts } from './container-facts.js'
import { startExec } from './exec.js'
import { helperStream } from './helper-stream.js'
import { isShorterFile, linkHash } from './local-entry.js'
import type { ChannelParts } from './parts.js'
import { tarStream } from './tar-stream.js'

const ATTEMPTS = 5

/**
 * A container whose image has the helper. Files go through one that is root, since containers whose process is not
 * mostly own their files by root; commands run as the user of the container.
 *
 * @returns `undefined` when the helper there is of another version
 */
export async function helperParts(
  connection: EngineConnection,
  container: ContainerFacts,
): Promise<ChannelParts | undefined> {
  const open = async (user: string | undefined): Promise<HelperChannel> => {
    const exec = await startExec(connection, { container: container.id, argv: agentArgv(), user, stdin: true })
    return openHelperChannel(helperStream(exec.pipe))
  }
  const files = await open('0')
  const ready = await files.ready()
  if (ready.version !== helperVersion) {
    await files.close()
    return undefined
  }
  let commands: Promise<HelperChannel> | undefined = container.root ? Promise.resolve(files) : undefined
  const asUser = (): Promise<HelperChannel> => (commands ??= open(undefined))

  const copy: ChannelParts['copy'] = async (entries, signal) => {
    for (let attempt = 1; ; attempt++) {
      const { bytes, sent } = tarStream(entries)
      try {
        await files.copy(bytes, { signal })
        return sent()
      } catch (error) {
        if (!isShorterFile(error) || attempt === ATTEMPTS) throw error
      }
    }
  }

  return {
    canRestartProcess: ready.canRestart,
    copy,
    remove: (paths, signal) => files.remove(paths, { signal }),
    async run({ argv, onOutput }, signal) {
      const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') }
      const heard = (bytes: Uint8Array, stream: 'stdout' | 'stderr'): void => {
        onOutput(decoders[stream].write(Buffer.from(bytes)), stream)
      }
      return await (await asUser()).run(argv, { onOutput: heard, signal })
    },
    async inspect(paths, signal) {
      const inspected = await files.inspect(paths, { signal })
      return new Map(inspected.map((one) => [one.path, containerFile(one)]))
    },
    restartProcess: (signal) => files.restart({ signal }),
    close() {
      const closing = [files.close(), commands?.then((channel) => channel.close())]
      // Whether they could say goodbye or not, they are gone.
      void Promise.allSettled(closing)
    },
  }
}

/** What can be neither sent nor received counts as nothing: it is replaced. */
function containerFile(inspected: InspectedPath): ContainerFile {
  if (inspected.kind === 'file') return { kind: 'file', hash: inspected.sha256 }
  if (inspected.kind === 'link') return { kind: 'link', hash: linkHash(inspected.target) }
  return { kind: inspected.kind === 'folder' ? 'folder' : 'absent' }
}
