import { type Command, exitCode, type Invocation } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { sessionFlags, withSession } from '../sessions/connect.js'
import { packageVersion } from '../version.js'

/** What there is to dump. */
export const dumps = ['engine', 'webview', 'logstore', 'openapi'] as const

export const command: Command = {
  usage: dumps.join(' | '),
  summary: 'print what the session holds, for programs and fault reports',
  details:
    'engine: all state (no promises about its form). webview: what the web page is sent. logstore: the whole log as JSON lines. openapi: the schemas of all objects, for which no session is needed.',
  flags: sessionFlags,
  async run(invocation) {
    const [word, ...more] = invocation.words
    const what = dumps.find((name) => name === word)
    if (what === undefined || more.length > 0) throw new UsageError(`dump takes one of ${dumps.join(', ')}`)
    if (what === 'openapi') return printOpenApi()
    if (what === 'logstore') return printLog(invocation)
    const path = what === 'engine' ? '/api/dump/engine' : '/api/view'
    return withSession(invocation, async (client) => {
      const answer = await client.call({ method: 'GET', path })
      process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
      return exitCode.ok
    })
  },
}

async function printOpenApi(): Promise<number> {
  const { openApiV2 } = await import('@tiltts/server')
  process.stdout.write(`${JSON.stringify(await openApiV2(packageVersion()), null, 2)}\n`)
  return exitCode.ok
}

function printLog(invocation: Invocation): Promise<number> {
  return withSession(invocation, async (client) => {
    for await (const lines of client.logs())
      process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    return exitCode.ok
  })
}
