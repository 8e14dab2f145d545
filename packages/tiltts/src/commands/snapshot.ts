import { readFileSync } from 'node:fs'
import { type Command, exitCode, type Invocation } from '../cli/command.js'
import { numberFlag, textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import { onSignals } from '../engine/signals.js'
import { writeWhole } from '../reporters/write-whole.js'
import { sessionFlags, withSession } from '../sessions/connect.js'
import { anyKey } from '../terminal/any-key.js'
import { openBrowser } from '../terminal/open-browser.js'

export const command: Command = {
  usage: 'create [file] | view <file>',
  summary: 'keep a session as it stands in a file, or look at such a file',
  details:
    'create writes the running session, its resources and logs without known secrets, to a file or to standard output. view shows a snapshot, or with - standard input, in the browser, at /snapshot/local of a free port; any key ends that.',
  flags: {
    ...sessionFlags,
    port: {
      type: 'string',
      value: '<number>',
      help: 'create: port of the session, as with other commands; view: where the page is (default: a free port)',
    },
    'no-open': { type: 'boolean', help: 'view: print the address, and open no browser' },
  },
  async run(invocation) {
    const [what, file, ...more] = invocation.words
    if (more.length > 0) throw new UsageError(`unexpected argument: ${more.join(' ')}`)
    if (what === 'create') return create(invocation, file)
    if (what !== 'view') throw new UsageError('snapshot takes create or view')
    if (file === undefined) throw new UsageError('snapshot view takes a file', 'Or - for standard input')
    return view(invocation, file)
  },
}

function create(invocation: Invocation, file: string | undefined): Promise<number> {
  return withSession(invocation, async (client) => {
    const text = `${JSON.stringify(await client.read('/api/snapshot/local'), undefined, 2)}\n`
    if (file === undefined || file === '-') process.stdout.write(text)
    else await writeWhole(file, text)
    return exitCode.ok
  })
}

async function view(invocation: Invocation, file: string): Promise<number> {
  const snapshot = snapshotIn(file)
  const { serveSnapshot } = await import('@tiltts/server')
  const host = textFlag(invocation, 'host') ?? 'localhost'
  const { url, close } = await serveSnapshot(snapshot, { host, port: numberFlag(invocation, 'port') ?? 0 })
  process.stdout.write(`The snapshot is at ${url}\n`)
  if (invocation.flags['no-open'] !== true) openBrowser(url)
  await new Promise<void>((resolve) => {
    const release = onSignals(done)
    // What was piped in as the snapshot has no keys.
    const forget = process.stdin.isTTY ? anyKey(process.stdin, done) : () => {}
    if (process.stdin.isTTY) process.stdout.write('Press any key to end\n')
    function done(): void {
      release()
      forget()
      resolve()
    }
  })
  await close()
  return exitCode.ok
}

/** Throws a UsageError for what is no snapshot. */
function snapshotIn(file: string): unknown {
  const from = file === '-' ? 'standard input' : file
  let snapshot: unknown
  try {
    snapshot = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${from} cannot be read as a snapshot: ${(error as Error).message}`)
  }
  const { view } = (snapshot ?? {}) as { view?: { uiResources?: unknown } }
  if (Array.isArray(view?.uiResources)) return snapshot
  throw new UsageError(
    `${from} is no snapshot: it has no view with resources`,
    'One is made by: tiltts snapshot create',
  )
}
