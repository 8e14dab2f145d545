import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { tapApiServer } from '../support/api-tap.js'
import { busybox, type ClusterProject, createClusterProject, kubectl } from '../support/cluster-project.js'
import { bin, createProject } from '../support/project.js'
import { runToEnd } from '../support/run.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const run = promisify(execFile)
const count = 30
const turns = 3

const manifests = Array.from(
  { length: count },
  (_, n) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: service${n} }
spec:
  selector: { matchLabels: { app: service${n} } }
  template:
    metadata: { labels: { app: service${n} } }
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{ name: main, image: '${busybox}', imagePullPolicy: IfNotPresent, command: [sleep, '1000000'] }]
`,
).join('---\n')

/** `ci` of fresh deployments and of the same once more, beside kubectl and beside `ci` of nothing. */
export async function kubernetesStartRows(): Promise<readonly BenchRow[]> {
  const project = createClusterProject(() => ({
    'tilt.config.ts': `import { k8sYaml, updateSettings } from 'tiltts'
updateSettings({ maxParallelUpdates: 10 })
k8sYaml('all.yaml')
`,
    'all.yaml': manifests,
  }))
  const nothing = createProject({
    'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('nothing', { cmd: 'true' })\n`,
  })
  const fresh: number[] = []
  const byHand: number[] = []
  const again: number[] = []
  const noOp: number[] = []
  let same = true
  let writes: readonly string[] = []
  for (let turn = 0; turn < turns; turn++) {
    const theirs = project.namespace()
    const begun = performance.now()
    await applyByHand(theirs)
    byHand.push(performance.now() - begun)
    await gone(theirs)

    const ours = project.namespace()
    fresh.push(await ci(project, ours))
    const before = versions(ours)
    for (let i = 0; i < 3; i++) {
      noOp.push(await ci(nothing))
      again.push(await ci(project, ours))
    }
    if (turn === 0) writes = await writesOf(project, ours)
    same &&= versions(ours) === before
    await gone(ours)
  }
  project.remove()
  nothing.remove()
  const [first, floor, second, least] = [median(fresh), median(byHand), median(again), median(noOp)]
  if (process.env['BENCH_VERBOSE'] !== undefined) console.log({ fresh, byHand, again, noOp, writes })
  return [
    {
      what: `\`ci\` of ${count} fresh deployments, 10 in parallel`,
      goal: '≤ 1.1 × kubectl',
      measured: `${ms(first)} = ${(first / floor).toFixed(2)} ×`,
      floor: `${ms(floor)} (\`kubectl apply\` + \`kubectl wait\`)`,
      met: first <= 1.1 * floor,
    },
    {
      what: 'the same again, all present',
      goal: '≤ floor + 0.6 s, no write to the cluster',
      measured: `${ms(second)} = + ${ms(second - least)}; ${writes.length} writes; deployments ${same ? 'the same' : 'changed'}`,
      floor: `${ms(least)} (\`ci\` of one no-op local resource)`,
      met: second - least <= 600 && writes.length === 0 && same,
    },
  ]
}

async function ci(
  project: Pick<ClusterProject, 'folder' | 'env'>,
  namespace?: string,
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  const flags = namespace === undefined ? [] : ['--namespace', namespace]
  const options = { cwd: project.folder, env: { ...project.env, ...env } }
  const { code, ms, tail } = await runToEnd([process.execPath, bin, 'ci', '--port', '0', ...flags], options)
  if (code !== 0) throw new Error(`ci failed:\n${tail}`)
  return ms
}

async function applyByHand(namespace: string): Promise<void> {
  const applying = run('kubectl', ['--namespace', namespace, 'apply', '--filename', '-'])
  applying.child.stdin?.end(manifests)
  await applying
  const all = ['--for=condition=Available', '--timeout=120s', 'deployment', '--all']
  await run('kubectl', ['--namespace', namespace, 'wait', ...all])
}

/** Room for the pods of the next turn. */
async function gone(namespace: string): Promise<void> {
  await run('kubectl', ['--namespace', namespace, 'delete', 'deployment', '--all', '--cascade=foreground'])
  await run('kubectl', ['--namespace', namespace, 'wait', '--for=delete', 'pod', '--all', '--timeout=120s'])
}

/** What a `ci` asks the API server to change. */
async function writesOf(project: ClusterProject, namespace: string): Promise<readonly string[]> {
  const tap = await tapApiServer(project.folder)
  await ci(project, namespace, { KUBECONFIG: tap.kubeconfig })
  const lines = tap.requests.map(({ line }) => line)
  tap.close()
  if (process.env['BENCH_VERBOSE'] !== undefined) for (const { line, at } of tap.requests) console.log(at, line)
  return lines.filter((line) => !line.startsWith('GET '))
}

function versions(namespace: string): string {
  const columns = 'custom-columns=A:.metadata.uid,B:.metadata.generation,C:.metadata.resourceVersion'
  return kubectl('--namespace', namespace, 'get', 'deployments', '--output', columns)
}
