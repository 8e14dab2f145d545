import { type Command, exitCode } from '../cli/command.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '',
  summary: 'let agents look at the running session, over MCP',
  details:
    'Speaks the Model Context Protocol over stdin and stdout. Its tools change nothing, unless --allow-writes is given.',
  flags: {
    ...sessionFlags,
    'allow-writes': {
      type: 'boolean',
      help: 'add tools that trigger, enable and disable resources, and replace arguments',
    },
  },
  async run(invocation) {
    // The library takes a while to load, which no other command has to wait for.
    const { serveMcp } = await import('../mcp/serve.js')
    await serveMcp((use) => withSession(invocation, use), { allowWrites: invocation.flags['allow-writes'] === true })
    return exitCode.ok
  },
}
