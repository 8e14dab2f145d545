import { helperPath } from '@tiltts/helper'
import type { ContainerChannel } from '@tiltts/runtime/ports'
import { channelOf } from '../../container-channel/channel-of.js'
import { channelClosed } from '../../container-channel/failures.js'
import type { ChannelParts } from '../../container-channel/parts.js'
import { serial } from '../../container-channel/serial.js'
import type { EngineConnection } from '../connection.js'
import { pathKind } from './archive-inspect.js'
import { containerFacts } from './container-facts.js'
import { dockerHelperParts } from './helper-parts.js'
import { watchLifetime } from './lifetime.js'
import { plainParts } from './plain-parts.js'

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
    return (hasHelper ? await dockerHelperParts(connection, container) : undefined) ?? plainParts(connection, container)
  }
  try {
    const parts = await inTurn(open, signal)
    return channelOf({ container: container.id, parts, inTurn, close: lifetime.close })
  } catch (error) {
    lifetime.close()
    throw error
  }
}
