import { wellKnown } from '@tiltts/spec'
import { type Command, exitCode } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '[names…] [-- args…]',
  summary: "show or replace the running session's arguments",
  details:
    'With arguments: the config is evaluated again with them. Without: the present ones are printed, one a line.',
  flags: { ...sessionFlags, clear: { type: 'boolean', help: 'go on without arguments' } },
  async run(invocation) {
    const args = [...invocation.words, ...invocation.rest]
    const clear = invocation.flags['clear'] === true
    if (clear && args.length > 0) throw new UsageError('--clear goes without arguments')
    return withSession(invocation, async (client, { host, port }) => {
      const { spec } = await client.get('Tiltfile', wellKnown.tiltfile)
      if (args.length === 0 && !clear) {
        process.stdout.write(spec.args.map((arg) => `${arg}\n`).join(''))
        return exitCode.ok
      }
      if (spec.args.length === args.length && spec.args.every((arg, i) => arg === args[i])) {
        process.stderr.write('The arguments are those already; nothing was changed.\n')
        return exitCode.ok
      }
      await client.patch('Tiltfile', wellKnown.tiltfile, { spec: { args } })
      process.stderr.write(
        `Changed the arguments of the session at ${host}:${port} to: ${args.join(' ') || '(none)'}\n`,
      )
      return exitCode.ok
    })
  },
}
