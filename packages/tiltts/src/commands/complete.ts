import { isTiltError } from '@tiltts/spec'
import { type Command, exitCode, type Invocation } from '../cli/command.js'
import { candidates, type NamesOf } from '../completion/candidates.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

/** Asked by the shell at each key press: prints what the last word can be, each with a tab and what it means. */
export const command: Command = {
  usage: '-- <words…>',
  summary: 'say what a word of a command line can be',
  flags: sessionFlags,
  async run(invocation) {
    const found = await candidates(invocation.rest, namesIn(invocation))
    process.stdout.write(found.map(({ value, help }) => `${value}${help === undefined ? '' : `\t${help}`}\n`).join(''))
    return exitCode.ok
  },
}

/** The session is that which the words name, as far as they do. */
function namesIn(invocation: Invocation): NamesOf {
  const at = invocation.rest.indexOf('--port')
  const port = at < 0 ? undefined : invocation.rest[at + 1]
  const flags = port === undefined ? invocation.flags : { ...invocation.flags, port }
  return async (kind) => {
    try {
      return await withSession({ ...invocation, flags }, async (client) =>
        (await client.list(kind)).map(({ metadata }) => metadata.name),
      )
    } catch (error) {
      // Without a session there are no names; the shell has no place for messages.
      if (isTiltError(error) && error.code.startsWith('session/')) return []
      throw error
    }
  }
}
