import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { systemClock } from '../../packages/adapters/src/clock/index.js'
import { tarEnd, tarHeader, tarPadding } from '../../packages/adapters/src/container-channel/tar-header.js'
import { execInPod } from '../../packages/adapters/src/kubernetes/streams/container/exec-in-pod.js'
import { framedTarScript, openFramedTar } from '../../packages/adapters/src/kubernetes/streams/container/framed-tar.js'
import { realTransport } from '../../packages/adapters/src/kubernetes/testing/real-cluster.js'
import { atEnd } from '../support/cleanup.js'
import { createClusterProject, kubectl } from '../support/cluster-project.js'
import { startDev } from '../support/dev.js'
import { raceEdits, type Seen } from '../support/race-edits.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const edits = 30

/** Prints what a file of the container holds, as soon as it holds something else. */
const watcher = `const { watch, readFileSync } = require('node:fs')
for (const folder of ['/app/synced', '/app/put'])
  watch(folder, () => {
    let text = ''
    try { text = readFileSync(folder + '/edited.txt', 'utf8') } catch {}
    if (text.endsWith('.')) console.log(text)
  })
console.log('watching')
process.stdin.on('end', () => process.exit(0)).resume()
`

/** An edit to its bytes in a pod, beside one tar in a frame to an exec that is kept. */
export async function kubernetesEditRows(): Promise<readonly BenchRow[]> {
  const project = createClusterProject((name) => ({
    'tilt.config.ts': `import { dockerBuild, k8sYaml, sync } from 'tiltts'
k8sYaml('api.yaml')
dockerBuild('${name}/api', './api', { liveUpdate: [sync('./api/synced', '/app/synced')] })
`,
    'api.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name: main, image: ${name}/api }] }
`,
    'api/Dockerfile': `FROM node:20\nWORKDIR /app\nRUN mkdir put\nCOPY . .\nCMD ["sleep", "1000000"]\n`,
    'api/watcher.cjs': watcher,
    'api/synced/edited.txt': '',
  }))
  const dev = await startDev(project, {}, ['--namespace', project.name])
  await dev.printed('ready (', 120_000)
  const pod = kubectl('--namespace', project.name, 'get', 'pods', '--output', 'jsonpath={.items[0].metadata.name}')
  const seen = await seenInPod(project.name, pod)
  const kept = await keptTar(project.name, pod)
  const file = join(project.folder, 'api/synced/edited.txt')
  const { ours, floors } = await raceEdits({ file, edits, seen, put: kept.put })
  seen.close()
  await kept.close()
  await dev.stop()
  project.remove()
  const [measured, floor] = [median(ours), median(floors)]
  if (process.env['BENCH_VERBOSE'] !== undefined) console.log({ ours, floors })
  return [
    {
      what: `edit → bytes in the pod, median of ${edits}`,
      goal: '≤ 50 ms',
      measured: ms(measured),
      floor: `${ms(floor)} (framed tar over a kept exec)`,
      met: measured <= 50,
    },
  ]
}

/** By a stream that kubectl keeps. */
async function seenInPod(namespace: string, pod: string): Promise<Seen> {
  const argv = ['--namespace', namespace, 'exec', '--stdin', pod, '--', 'node', '/app/watcher.cjs']
  const child = spawn('kubectl', argv, { stdio: ['pipe', 'pipe', 'inherit'] })
  const close = atEnd(() => void child.kill('SIGKILL'))
  let said = ''
  let check = (): void => {}
  child.stdout.on('data', (bytes) => {
    said += bytes
    check()
  })
  const wait: Seen['wait'] = (text) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`"${text}" did not come into the pod`)), 20_000)
      check = () => {
        if (!said.includes(text)) return
        clearTimeout(timer)
        said = ''
        resolve(performance.now())
      }
      check()
    })
  await wait('watching')
  return { wait, close }
}

/** One file into the pod, by an exec that is there already. */
async function keptTar(
  namespace: string,
  pod: string,
): Promise<{ put(text: string): Promise<void>; close(): Promise<void> }> {
  const { transport, close } = await realTransport()
  const target = { namespace, pod, container: 'main' }
  const argv = ['sh', '-c', framedTarScript]
  const { pipe } = await execInPod({ transport, clock: systemClock() }, { target, argv, stdin: true })
  const opened = await openFramedTar(pipe)
  if (opened.kind !== 'open') throw new Error(`no tar in the pod: ${JSON.stringify(opened)}`)
  return {
    async put(text) {
      const size = Buffer.byteLength(text)
      const header = tarHeader({ path: 'app/put/edited.txt', kind: 'file', mode: 0o644, mtimeMs: Date.now(), size })
      const archive = Buffer.concat([header, Buffer.from(text), tarPadding(size), tarEnd()])
      const end = await opened.tar.unpack(one(archive))
      if (end.kind !== 'ended' || end.exitCode !== 0) throw new Error(`tar ended so: ${JSON.stringify(end)}`)
    },
    async close() {
      pipe.destroy()
      await close()
    },
  }
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
