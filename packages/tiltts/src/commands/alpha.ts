import { type Command, exitCode } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { treeView } from '../resources/tree-view.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: 'tree-view',
  summary: 'print the resources as a tree of dependencies',
  flags: {
    ...sessionFlags,
    blockers: { type: 'boolean', help: 'only what is not ready' },
    dedupe: { type: 'boolean', help: 'show what stands under a resource the first time only' },
  },
  async run(invocation) {
    const { words, flags } = invocation
    if (words.length !== 1 || words[0] !== 'tree-view') throw new UsageError('alpha takes tree-view')
    return withSession(invocation, async (client) => {
      const rows = await client.list('UIResource')
      const options = { blockers: flags['blockers'] === true, dedupe: flags['dedupe'] === true }
      process.stdout.write(treeView(rows, options))
      return exitCode.ok
    })
  },
}
