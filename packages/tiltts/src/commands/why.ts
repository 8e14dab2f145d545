import type { Command } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { askSession, jsonFlag } from '../sessions/ask.js'
import { sessionFlags } from '../sessions/connect.js'

export const command: Command = {
  usage: '<resource>',
  summary: 'say what a resource waits for, or why its last update ran',
  details:
    "Everything that is in the way of the resource, to the roots; then its update, with what that follows from.\n'(Tiltfile)' is the config.",
  flags: { ...sessionFlags, ...jsonFlag },
  async run(invocation) {
    const [name, ...others] = invocation.words
    if (name === undefined || others.length > 0)
      throw new UsageError('why takes one resource', 'For example: tiltts why api')
    return askSession(invocation, {
      ask: (client) => client.why(name),
      show: async (why) => (await import('../terminal/why-text.js')).whyText(why),
    })
  },
}
