import { ApiFailure, type Client, type LogOptions } from '@tiltts/client'
import { InfraError } from '@tiltts/spec'
import { type Command, exitCode, type Invocation } from '../cli/command.js'
import { choiceFlag, durationFlag, numberFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import { reconnectingLogs } from '../resources/reconnecting-logs.js'
import { sessionFlags, withSession } from '../sessions/connect.js'
import { samePlace } from '../sessions/same-place.js'
import { hasColour } from '../terminal/colour.js'
import { createLogPrinter } from '../terminal/log-printer.js'

export const command: Command = {
  usage: '[resource…]',
  summary: 'print or follow logs of the running session',
  details:
    'Following survives a connection that breaks, without losing a line, and ends with the session; with --reconnect it goes on with the next one at the same place.',
  flags: {
    ...sessionFlags,
    follow: { type: 'boolean', short: 'f', help: 'go on with what comes, until the session ends' },
    reconnect: { type: 'boolean', help: 'with -f: when the session ends, wait for the next one of its config or port' },
    json: { type: 'boolean', help: 'print JSON lines' },
    source: { type: 'string', value: '<source>', help: 'logs of: all, build or runtime' },
    level: { type: 'string', value: '<level>', help: 'this level and those above: debug, verbose, info, warn, error' },
    since: { type: 'string', value: '<duration>', help: 'only lines younger than this, such as 5m' },
    tail: { type: 'string', value: '<lines>', help: 'only the last so many lines of the past (default: -1, all)' },
  },
  run(invocation) {
    const options = optionsOf(invocation)
    if (options.follow) return follow(invocation, options)
    if (invocation.flags['reconnect'] === true) throw new UsageError('--reconnect goes with --follow')
    return withSession(invocation, (client) => print(client, invocation, options))
  },
}

function optionsOf(invocation: Invocation): LogOptions {
  const since = durationFlag(invocation, 'since')
  const tail = numberFlag(invocation, 'tail')
  if (tail !== undefined && tail < -1) throw new UsageError('--tail takes 0 or more, or -1 for all')
  return {
    resources: invocation.words,
    source: choiceFlag(invocation, 'source', ['all', 'build', 'runtime']),
    level: choiceFlag(invocation, 'level', ['debug', 'verbose', 'info', 'warn', 'error']),
    since: since === undefined ? undefined : Date.now() - since,
    tail: tail === -1 ? undefined : tail,
    follow: invocation.flags['follow'] === true,
  }
}

const printerOf = ({ words, flags }: Invocation): ReturnType<typeof createLogPrinter> =>
  createLogPrinter({
    write: (text) => process.stdout.write(text),
    colour: hasColour(process.stdout),
    json: flags['json'] === true,
    // The server has filtered already.
    minLevel: 'debug',
    ...(words.length === 0 ? {} : { resources: words }),
  })

async function print(client: Client, invocation: Invocation, options: LogOptions): Promise<number> {
  for (const name of invocation.words) await checkExists(client, name)
  const printer = printerOf(invocation)
  for await (const batch of client.logs(options)) {
    printer.printLines(batch)
    printer.flush()
  }
  printer.end()
  return exitCode.ok
}

async function follow(invocation: Invocation, logs: LogOptions): Promise<number> {
  const printer = printerOf(invocation)
  const awaitsNext = invocation.flags['reconnect'] === true
  const connect = samePlace(invocation, { mayMove: awaitsNext })
  await connect(async (client) => {
    for (const name of invocation.words) await checkExists(client, name)
  })
  await reconnectingLogs(connect, {
    logs,
    awaitsNext,
    print(batch) {
      printer.printLines(batch)
      printer.flush()
    },
    onEnded() {
      process.stderr.write('The session has ended; its log goes on when it is started again\n')
    },
  })
  printer.end()
  return exitCode.ok
}

async function checkExists(client: Client, name: string): Promise<void> {
  try {
    await client.get('UIResource', name)
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.code !== 404) throw error
    throw new InfraError('session/unknown-resource', 'session', `The session has no resource "${name}"`)
  }
}
