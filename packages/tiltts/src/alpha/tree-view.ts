import { exitCode, type Invocation } from '../cli/command.js'
import { treeView } from '../resources/tree-view.js'
import { withSession } from '../sessions/connect.js'

/** Prints the resources of the session as a tree of dependencies. */
export function printTreeView(invocation: Invocation): Promise<number> {
  const { flags } = invocation
  return withSession(invocation, async (client) => {
    const rows = await client.list('UIResource')
    process.stdout.write(treeView(rows, { blockers: flags['blockers'] === true, dedupe: flags['dedupe'] === true }))
    return exitCode.ok
  })
}
