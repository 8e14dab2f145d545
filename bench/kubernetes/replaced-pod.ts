import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { atEnd } from '../support/cleanup.js'
import { busybox, createClusterProject, kubectl } from '../support/cluster-project.js'
import { startDev } from '../support/dev.js'
import { type BenchRow, median, ms } from '../support/stats.js'
import { textAt } from '../support/text-at.js'

const turns = 5
const port = 4632
const image = busybox.replace('busybox:latest', 'node:20')

/** Answers with the name of its pod. */
const server = `require('node:http').createServer((_, response) => response.end(process.env.HOSTNAME)).listen(3000)
process.on('SIGTERM', () => process.exit(0))`

interface Request {
  readonly begun: number
  readonly ended: number
  /** Who answered; `undefined`: nobody. */
  readonly pod: string | undefined
}

/** Requests through a forward, one after the other, while the pod behind it is deleted again and again. */
export async function kubernetesReplacedPodRows(): Promise<readonly BenchRow[]> {
  const project = createClusterProject(() => ({
    'tilt.config.ts': `import { k8sResource, k8sYaml } from 'tiltts'
k8sYaml('api.yaml')
k8sResource('api', { portForwards: '${port}:3000' })
`,
    'api.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers:
        - name: main
          image: ${image}
          imagePullPolicy: IfNotPresent
          command: [node, -e, ${JSON.stringify(server)}]
          ports: [{ containerPort: 3000 }]
          readinessProbe: { httpGet: { path: /, port: 3000 }, periodSeconds: 1 }
`,
  }))
  const dev = await startDev(project, {}, ['--namespace', project.name])
  await dev.printed('ready (', 120_000)
  const pods = followPods(project.name)
  const requests: Request[] = []
  const loop = requestLoop(requests)
  const recoveries: number[] = []
  let strays = 0
  for (let turn = 0; turn < turns; turn++) {
    const old = await until(() => lastReady(pods.ready), 'a pod that is ready')
    await until(() => requests.at(-1)?.pod === old, `answers of ${old}`)
    await sleep(500)
    const from = requests.length
    const deleted = performance.now()
    kubectl('--namespace', project.name, 'delete', 'pod', old, '--wait=false')
    const fresh = await until(() => {
      const name = lastReady(pods.ready)
      return name === old ? undefined : name
    }, 'the pod that comes after it')
    const ready = pods.ready.get(fresh) ?? 0
    await until(() => requests.at(-1)?.pod === fresh, `answers of ${fresh}`)
    await sleep(1000)
    const since = requests.slice(from)
    const first = since.find(({ pod }) => pod === fresh)
    recoveries.push(Math.max(0, (first?.ended ?? Number.POSITIVE_INFINITY) - ready))
    const failed = since.filter(({ pod }) => pod === undefined)
    // To a dying pod go those that were made before there was another.
    strays += failed.filter(({ begun, ended }) => ended < deleted || begun > ready).length
    if (process.env['BENCH_VERBOSE'] !== undefined)
      console.log({
        ready: ready - deleted,
        recovery: recoveries.at(-1),
        failed: failed.map((one) => one.begun - deleted),
      })
  }
  const failed = requests.filter(({ pod }) => pod === undefined).length
  loop.stop()
  pods.close()
  await dev.stop()
  project.remove()
  const worst = Math.max(...recoveries)
  return [
    {
      what: `a request loop through the forward while the pod is replaced ${turns} times`,
      goal: 'only connections to the dying pod fail; recovery ≤ 100 ms after the new pod is ready',
      measured: `${failed} of ${requests.length.toLocaleString('en')} requests failed, ${strays} of them not to a dying pod; recovery at most ${ms(worst)}`,
      floor: `${ms(median(requests.map(({ begun, ended }) => ended - begun)))} (a request at any other time, median)`,
      met: strays === 0 && worst <= 100,
    },
  ]
}

/** One request after the other, the next one also where the one before gets no answer. */
function requestLoop(into: Request[]): { stop(): void } {
  let stopped = false
  const request = async (): Promise<void> => {
    const begun = performance.now()
    const pod = await textAt(port, 15_000)
    into.push({ begun, ended: performance.now(), pod })
  }
  const loop = async (): Promise<void> => {
    while (!stopped) {
      await Promise.race([request(), sleep(250)])
      await sleep(10)
    }
  }
  void loop()
  return {
    stop() {
      stopped = true
    },
  }
}

/** When each pod was seen to be ready, in the order of that. */
function followPods(namespace: string): { readonly ready: ReadonlyMap<string, number>; close(): void } {
  const path = `{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}`
  const argv = ['--namespace', namespace, 'get', 'pods', '--watch', '--output', `jsonpath=${path}`]
  const child = spawn('kubectl', argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ready = new Map<string, number>()
  let rest = ''
  child.stdout.on('data', (bytes: Buffer) => {
    const lines = (rest + bytes).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [name = '', status] = line.split(' ')
      if (status === 'True' && !ready.has(name)) ready.set(name, performance.now())
    }
  })
  return { ready, close: atEnd(() => void child.kill('SIGKILL')) }
}

function lastReady(ready: ReadonlyMap<string, number>): string | undefined {
  return [...ready.keys()].at(-1)
}

async function until<T>(look: () => T | undefined | false, what: string): Promise<T> {
  for (const limit = performance.now() + 60_000; performance.now() < limit; await sleep(5)) {
    const found = look()
    if (found !== undefined && found !== false) return found
  }
  throw new Error(`there was no ${what} within a minute`)
}
