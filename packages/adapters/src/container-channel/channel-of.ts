import type { ContainerChannel } from '@tiltts/runtime/ports'
import type { ChannelParts } from './parts.js'
import type { Serial } from './serial.js'

export interface ChannelOptions {
  readonly container: string
  readonly parts: ChannelParts
  readonly inTurn: Serial
  readonly close: () => void
}

/** A channel of parts that do one thing at a time. */
export function channelOf({ container, parts, inTurn, close }: ChannelOptions): ContainerChannel {
  return {
    container,
    canRestartProcess: parts.canRestartProcess,
    copy: (entries, stop) =>
      entries.length === 0 ? Promise.resolve([]) : inTurn((both) => parts.copy(entries, both), stop),
    remove: (paths, stop) =>
      paths.length === 0 ? Promise.resolve() : inTurn((both) => parts.remove(paths, both), stop),
    run: (command, stop) => inTurn((both) => parts.run(command, both), stop),
    inspect: (paths, stop) => inTurn((both) => parts.inspect(paths, both), stop),
    restartProcess: (stop) => inTurn(parts.restartProcess, stop),
    async close() {
      close()
      parts.close()
    },
  }
}
