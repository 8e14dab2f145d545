import { type Command, exitCode } from '../cli/command.js'
import { createTabWriter, tableLayout } from '../reading/tab-writer.js'
import { contextName } from '../sessions/context-name.js'
import { knownSessions } from '../sessions/registry.js'

export const command: Command = {
  usage: '',
  summary: 'list the running sessions',
  details:
    'Lists the sessions of this user: where each listens, for which config it runs, and its context for kubectl.',
  flags: {
    json: { type: 'boolean', help: 'print a JSON array' },
    'no-headers': { type: 'boolean', help: 'no head above columns' },
  },
  async run({ flags }) {
    const sessions = knownSessions().toSorted((a, b) => a.port - b.port)
    if (flags['json'] === true) {
      const all = sessions.map((session) => ({ ...session, context: contextName(session.port) }))
      process.stdout.write(`${JSON.stringify(all, undefined, 2)}\n`)
      return exitCode.ok
    }
    if (sessions.length === 0) process.stderr.write('No sessions are running\n')
    else {
      const rows = sessions.map(({ port, command: name, pid, startTime, mainPath }) =>
        [port, name, pid, startTime, contextName(port), mainPath].join('\t'),
      )
      const head = flags['no-headers'] === true ? [] : ['PORT\tCOMMAND\tPID\tSINCE\tCONTEXT\tCONFIG']
      process.stdout.write(createTabWriter(tableLayout).layOut([...head, ...rows]))
    }
    return exitCode.ok
  },
}
