import { agentArgv } from '@tiltts/helper'
import { helperParts } from '../../container-channel/helper-parts.js'
import type { ChannelParts } from '../../container-channel/parts.js'
import type { Pipe } from '../../container-channel/pipe.js'
import type { EngineConnection } from '../connection.js'
import type { ContainerFacts } from './container-facts.js'
import { startExec } from './exec.js'

/**
 * Files go through a helper that is root, since containers whose process is not mostly own their files by root; commands
 * run as the user of the container.
 */
export function dockerHelperParts(
  connection: EngineConnection,
  container: ContainerFacts,
): Promise<ChannelParts | undefined> {
  const start = async (user: string | undefined): Promise<Pipe> =>
    (await startExec(connection, { container: container.id, argv: agentArgv(), user, stdin: true })).pipe
  return helperParts({
    files: () => start('0'),
    commands: container.root ? undefined : () => start(undefined),
  })
}
