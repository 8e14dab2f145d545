import { type Command, exitCode, type Invocation } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { sessionFlags, withSession } from '../sessions/connect.js'
import { packageVersion } from '../version.js'

/** What there is to dump. */
export const dumps = ['engine', 'webview', 'logstore', 'openapi', 'image-deploy-ref'] as const

export const command: Command = {
  usage: 'engine | webview | logstore | openapi | image-deploy-ref <image>',
  summary: 'print what the session holds, for programs and fault reports',
  details:
    'engine: all state (no promises about its form). webview: what the web page is sent. logstore: the whole log as JSON lines. openapi: the schemas of all objects, for which no session is needed. image-deploy-ref: under which name and tag an image of the local Docker engine is deployed, for build commands that push it themselves; no line end follows.',
  flags: sessionFlags,
  async run(invocation) {
    const [word, ...more] = invocation.words
    const what = dumps.find((name) => name === word)
    if (what === 'image-deploy-ref') return printDeployRef(invocation, more)
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

async function printDeployRef(invocation: Invocation, [image, ...more]: readonly string[]): Promise<number> {
  if (image === undefined || more.length > 0) throw new UsageError('dump image-deploy-ref takes one image')
  const { deployRef } = await import('../engine/deploy-ref.js')
  process.stdout.write(await deployRef(invocation, image))
  return exitCode.ok
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
