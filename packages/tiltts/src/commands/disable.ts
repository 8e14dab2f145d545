import { type Command, exitCode } from '../cli/command.js'
import { selectionFlags, selectionOf, switchResources } from '../resources/switch-resources.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '<resource…> | -l <labels> | --all',
  summary: 'switch resources of the running session off',
  details:
    'What runs of them is stopped and taken down; their logs stay. It lasts until the arguments of the session change.',
  flags: { ...sessionFlags, ...selectionFlags },
  async run(invocation) {
    const selection = selectionOf(invocation)
    return withSession(invocation, async (client) => {
      await switchResources(client, selection, { disable: true })
      return exitCode.ok
    })
  },
}
