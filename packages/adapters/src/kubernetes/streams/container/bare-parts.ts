import { StringDecoder } from 'node:string_decoder'
import { channelClosed, copyFailed, type NamedContainer, runFailed } from '../../../container-channel/failures.js'
import type { ChannelParts } from '../../../container-channel/parts.js'
import type { PodExec } from './exec-in-pod.js'

export interface BarePartsDeps {
  readonly container: NamedContainer
  readonly start: (argv: readonly string[], options: { readonly stdin: boolean }) => Promise<PodExec>
}

/** A container with neither shell nor helper: the cluster can start programs in it, and nothing else. */
export function bareParts({ container, start }: BarePartsDeps): ChannelParts {
  const refuse = async (what: string): Promise<never> => {
    throw copyFailed(container, what, 'its image has no shell (sh), and not the helper that live updates add to images')
  }
  return {
    canRestartProcess: false,
    copy: () => refuse('copy files into'),
    remove: () => refuse('remove files from'),
    inspect: () => refuse('read files of'),
    async run({ argv, onOutput }, signal) {
      const exec = await start(argv, { stdin: false })
      const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') }
      exec.pipe.listen((bytes, stream) => onOutput(decoders[stream].write(bytes), stream))
      const abort = (): void => exec.pipe.destroy()
      signal.addEventListener('abort', abort, { once: true })
      await exec.pipe.closed
      signal.removeEventListener('abort', abort)
      signal.throwIfAborted()
      const end = exec.end()
      if (end.kind === 'not-started') throw runFailed(container, argv, end.reason)
      if (end.kind === 'lost') throw channelClosed(container)
      return { exitCode: end.exitCode }
    },
    async restartProcess() {
      throw runFailed(container, ['a restart of the process'], 'its image has no helper in front of its command')
    },
    close() {},
  }
}
