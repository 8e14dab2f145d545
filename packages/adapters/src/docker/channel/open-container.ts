import { helperPath } from '@tiltts/helper'
import type { ContainerChannel } from '@tiltts/runtime/ports'
import type { EngineConnection } from '../connection.js'
import { pathKind } from './archive-inspect.js'
import { containerFacts } from './container-facts.js'
import { channelClosed } from './failures.js'
import { helperParts } from './helper-parts.js'
import { watchLifetime } from './lifetime.js'
import type { ChannelParts } from './parts.js'
import { plainParts } from './plain-parts.js'
import { serial } from './serial.js'

/** Opens the way that is best for this container: its helper where the image has one, else the engine's own means. */
export async function openContainer(
  connection: EngineConnection,
  id: string,
  signal: AbortSignal,
): Promise<ContainerChannel> {
  const container = containerFacts(await connection.call((docker) => docker.getContainer(id).inspect(), { signal }))
  if (!container.running) throw channelClosed(container)
  const lifetime = await watchLifetime(connection, container, signal)
  const inTurn = serial(lifetime.ended)

  const open = async (): Promise<ChannelParts> => {
    const wrapped = container.path === helperPath
    const hasHelper = wrapped || (await pathKind(connection, container, helperPath, signal)) === 'file'
    return (hasHelper ? await helperParts(connection, container) : undefined) ?? plainParts(connection, container)
  }
  try {
    const parts = await inTurn(open, signal)
    return {
      container: container.id,
      canRestartProcess: parts.canRestartProcess,
      copy: (entries, stop) =>
        entries.length === 0 ? Promise.resolve([]) : inTurn((both) => parts.copy(entries, both), stop),
      remove: (paths, stop) =>
        paths.length === 0 ? Promise.resolve() : inTurn((both) => parts.remove(paths, both), stop),
      run: (command, stop) => inTurn((both) => parts.run(command, both), stop),
      inspect: (paths, stop) => inTurn((both) => parts.inspect(paths, both), stop),
      restartProcess: (stop) => inTurn(parts.restartProcess, stop),
      async close() {
        lifetime.close()
        parts.close()
      },
    }
  } catch (error) {
    lifetime.close()
    throw error
  }
}
