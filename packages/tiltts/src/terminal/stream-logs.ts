import type { LogSegment } from '@tiltts/core/logs'
import type { Session } from '@tiltts/runtime'
import { wellKnown } from '@tiltts/spec'
import type { Invocation } from '../cli/command.js'
import { choiceFlag, listFlag } from '../cli/parse.js'
import { hasColour } from './colour.js'
import { createLogPrinter, type LogPrinterOptions } from './log-printer.js'

export interface LogStream {
  /** Writes what waits to be written, so that other output comes after it. */
  flush(): void
  end(): void
}

/** Which lines the flags ask for, and how. */
export type LogChoice = Pick<LogPrinterOptions, 'json' | 'resources' | 'minLevel' | 'source'>

/** Throws a UsageError: to be called before anything is begun that would have to be ended then. */
export function logChoice(invocation: Invocation): LogChoice {
  const resources = listFlag(invocation, 'log-resource')
  const minLevel = choiceFlag(invocation, 'log-level', ['debug', 'verbose', 'info', 'warn', 'error'])
  const source = choiceFlag(invocation, 'log-source', ['all', 'build', 'runtime'])
  return {
    json: invocation.flags['json'] === true,
    ...(resources.length === 0 ? {} : { resources }),
    ...(minLevel === undefined ? {} : { minLevel }),
    ...(source === undefined ? {} : { source }),
  }
}

/** Prints what the session logs to stdout, until it is ended. */
export function streamLogs(session: Session, choice: LogChoice): LogStream {
  const own = createLogPrinter({ write: (text) => process.stderr.write(text), colour: hasColour(process.stderr) })
  const printer = createLogPrinter({
    write: (text) => process.stdout.write(text),
    colour: hasColour(process.stdout),
    ...choice,
  })
  const unsubscribe = session.logs.subscribe((segment) =>
    (choice.json !== true && isOwnComplaint(segment) ? own : printer).print(segment),
  )
  const unsubscribeNames = session.store.subscribe((batch) => {
    const added = batch.filter((change) => change.kind === 'UIResource' && change.type === 'added')
    if (added.length > 0) printer.know(added.map((change) => change.name))
  })
  return {
    flush() {
      own.flush()
      printer.flush()
    },
    end() {
      unsubscribe()
      unsubscribeNames()
      own.end()
      printer.end()
    },
  }
}

/** What tiltts itself complains about, of the config above all: that belongs on stderr. */
function isOwnComplaint({ own, level, span }: LogSegment): boolean {
  return (
    own === true &&
    (level === 'error' || level === 'warn') &&
    (span.resource === '' || span.resource === wellKnown.tiltfile)
  )
}
