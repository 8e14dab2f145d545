import { type Command, exitCode } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { selectionFlags, selectionOf, switchResources } from '../resources/switch-resources.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '<resource…> | -l <labels> | --all | --only <resource…>',
  summary: 'switch resources of the running session on',
  details: 'It lasts until the arguments of the session change. Neither dependencies nor dependents are switched.',
  flags: {
    ...sessionFlags,
    ...selectionFlags,
    only: { type: 'boolean', help: 'switch all others off; with --labels, others stay as they are' },
  },
  async run(invocation) {
    const selection = selectionOf(invocation)
    const only = invocation.flags['only'] === true
    if (only && selection.all) throw new UsageError('cannot use --all with --only')
    return withSession(invocation, async (client) => {
      await switchResources(client, selection, { disable: false, others: only && selection.labels.length === 0 })
      return exitCode.ok
    })
  },
}
