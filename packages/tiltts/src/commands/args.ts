import type { Client } from '@tiltts/client'
import { wellKnown } from '@tiltts/spec'
import { type Command, exitCode } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { editArgs } from '../editor/edit-args.js'
import { sessionFlags, withSession } from '../sessions/connect.js'
import type { FoundSession } from '../sessions/find-session.js'

export const command: Command = {
  usage: '[names…] [-- args…]',
  summary: "show or replace the running session's arguments",
  details:
    'With arguments: the config is evaluated again with them. Without: the present ones are opened in your editor (TILT_EDITOR, EDITOR) on a terminal, and elsewhere printed, one a line.',
  flags: { ...sessionFlags, clear: { type: 'boolean', help: 'go on without arguments' } },
  async run(invocation) {
    const args = [...invocation.words, ...invocation.rest]
    const clear = invocation.flags['clear'] === true
    if (clear && args.length > 0) throw new UsageError('--clear goes without arguments')
    return withSession(invocation, async (client, found) => {
      const present = (await client.get('Tiltfile', wellKnown.tiltfile)).spec.args
      if (args.length > 0 || clear) return change(client, found, present, args)
      if (process.stdin.isTTY && process.stdout.isTTY) return change(client, found, present, await editArgs(present))
      process.stdout.write(present.map((arg) => `${arg}\n`).join(''))
      return exitCode.ok
    })
  },
}

async function change(
  client: Client,
  { host, port }: FoundSession,
  present: readonly string[],
  args: readonly string[],
): Promise<number> {
  if (present.length === args.length && present.every((arg, i) => arg === args[i])) {
    process.stderr.write('The arguments are those already; nothing was changed.\n')
    return exitCode.ok
  }
  await client.patch('Tiltfile', wellKnown.tiltfile, { spec: { args } })
  process.stderr.write(`Changed the arguments of the session at ${host}:${port} to: ${args.join(' ') || '(none)'}\n`)
  return exitCode.ok
}
