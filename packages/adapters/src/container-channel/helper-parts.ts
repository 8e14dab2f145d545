import { StringDecoder } from 'node:string_decoder'
import { type HelperChannel, helperVersion, type InspectedPath, openHelperChannel } from '@tiltts/helper'
import type { ContainerFile } from '@tiltts/runtime/ports'
import { helperStream } from './helper-stream.js'
import { isShorterFile, linkHash } from './local-entry.js'
import type { ChannelParts } from './parts.js'
import type { Pipe } from './pipe.js'
import { tarStream } from './tar-stream.js'

const ATTEMPTS = 5

export interface HelperAgents {
  /** Starts the agent that takes files. */
  readonly files: () => Promise<Pipe>
  /** Starts the agent that runs commands, where that has to be another user. */
  readonly commands?: (() => Promise<Pipe>) | undefined
}

/** A container whose image has the helper. `undefined` when that is of another version. */
export async function helperParts(agents: HelperAgents): Promise<ChannelParts | undefined> {
  const open = async (start: () => Promise<Pipe>): Promise<HelperChannel> =>
    openHelperChannel(helperStream(await start()))
  const files = await open(agents.files)
  const ready = await files.ready()
  if (ready.version !== helperVersion) {
    await files.close()
    return undefined
  }
  let commands: Promise<HelperChannel> | undefined
  const asUser = (): Promise<HelperChannel> =>
    (commands ??= agents.commands ? open(agents.commands) : Promise.resolve(files))

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
