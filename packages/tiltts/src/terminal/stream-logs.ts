import type { Session } from '@tiltts/runtime'
import type { Invocation } from '../cli/command.js'
import { choiceFlag, listFlag } from '../cli/parse.js'
import { hasColour } from './colour.js'
import { createLogPrinter } from './log-printer.js'

/** Prints what the session logs to stdout as the flags ask, until the returned function is called. */
export function streamLogs(session: Session, invocation: Invocation): () => void {
  const resources = listFlag(invocation, 'log-resource')
  const minLevel = choiceFlag(invocation, 'log-level', ['debug', 'verbose', 'info', 'warn', 'error'])
  const source = choiceFlag(invocation, 'log-source', ['all', 'build', 'runtime'])
  const printer = createLogPrinter({
    write: (text) => process.stdout.write(text),
    colour: hasColour(process.stdout),
    json: invocation.flags['json'] === true,
    ...(resources.length === 0 ? {} : { resources }),
    ...(minLevel === undefined ? {} : { minLevel }),
    ...(source === undefined ? {} : { source }),
  })
  return session.logs.subscribe((segment) => printer.print(segment))
}
