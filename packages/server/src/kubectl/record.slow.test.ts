import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import {
  type Asked,
  isOfObjects,
  isWatch,
  type Recording,
  type Transcript,
  transcriptWorld,
} from './transcript-world.test.support.js'

const manifest = 'apiVersion: tilt.dev/v1alpha1\nkind: ConfigMap\nmetadata: {name: new}\ndata: {x: "1"}\n'
const commands: readonly { readonly command: string; readonly input?: string }[] = [
  { command: 'get uiresources' },
  { command: 'get uiresource api -o json' },
  { command: 'get configmaps.tilt.dev -l team=x -o name' },
  { command: 'get configmaps.tilt.dev --watch --request-timeout=1s' },
  { command: 'wait uiresource/api --for=condition=Ready --timeout=5s' },
  { command: 'create -f -', input: manifest },
  { command: 'apply -f -', input: manifest },
  { command: 'apply --server-side -f -', input: manifest },
  { command: 'patch configmap.tilt.dev a --type=merge -p {"data":{"y":"2"}}' },
  { command: 'label configmap.tilt.dev a tier=web' },
  { command: 'delete configmap.tilt.dev a' },
  { command: 'get configmap.tilt.dev nobody' },
]

const file = fileURLToPath(new URL('./fixtures/requests.json', import.meta.url))
const isThere = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore', timeout: 10_000 }).status === 0
if (!isThere && (process.env['TILTTS_REQUIRE'] ?? '').split(',').includes('kubectl'))
  throw new Error('TILTTS_REQUIRE names kubectl, but there is none on the PATH')

interface Noted {
  readonly requests: Asked[]
  readonly discovery: Set<string>
}

/** Takes a note of a request, without what differs from run to run. */
async function note(request: Request, { requests, discovery }: Noted): Promise<void> {
  const { method, headers } = request
  const { pathname, search } = new URL(request.url)
  if (!isOfObjects(pathname)) return void discovery.add(`${method} ${pathname}`)
  const contentType = headers.get('content-type')
  const body = await request.text()
  requests.push({
    method,
    path: `${pathname}${search.replace(/timeoutSeconds=\d+/, 'timeoutSeconds=300')}`,
    accept: headers.get('accept') ?? '',
    ...(contentType !== null && { contentType }),
    ...(body !== '' && { body }),
  })
}

function kubectl(args: readonly string[], input = ''): Promise<{ readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const child = execFile('kubectl', args, (_error, out, err) =>
      resolve({ out, err: err.replace(/^[WIE]\d{4} .*\n/gm, '') }),
    )
    child.stdin?.end(input)
  })
}

async function transcriptOf({ command, input }: (typeof commands)[number]): Promise<Transcript> {
  const folder = mkdtempSync(join(tmpdir(), 'tiltts-kubectl-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const noted: Noted = { requests: [], discovery: new Set() }
  const { port } = await transcriptWorld((request) => note(request, noted))
  const config = join(folder, 'config')
  const named = (kind: string, value: object): object => [{ name: 'tilt', [kind]: value }]
  writeFileSync(
    config,
    JSON.stringify({
      clusters: named('cluster', { server: `http://127.0.0.1:${port}` }),
      users: named('user', {}),
      contexts: named('context', { cluster: 'tilt', user: 'tilt' }),
      'current-context': 'tilt',
    }),
  )
  const { out, err } = await kubectl(['--kubeconfig', config, '--cache-dir', folder, ...command.split(' ')], input)
  // It may or may not have begun to watch when it is told by the list that nothing is to be waited for.
  const requests = command.startsWith('wait ') ? noted.requests.filter(({ path }) => !isWatch(path)) : noted.requests
  const prints = command.includes('--watch') ? out : out + err
  return { command, ...(input !== undefined && { input }), discovery: [...noted.discovery].sort(), requests, prints }
}

it.skipIf(!isThere)(
  `API-97: kubectl asks what was recorded of it${isThere ? '' : ' (skipped: no kubectl)'}`,
  async (context) => {
    const version = /v[\d.]+/.exec((await kubectl(['version', '--client'])).out)?.[0] ?? ''
    const recorded = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recording).kubectl : version
    if (recorded !== version) context.skip(`it was recorded of ${recorded}, this is ${version}`)
    const transcripts: Transcript[] = []
    for (const command of commands) transcripts.push(await transcriptOf(command))
    const recording: Recording = { kubectl: version, transcripts }
    await expect(`${JSON.stringify(recording, null, 2)}\n`).toMatchFileSnapshot(file)
  },
)
