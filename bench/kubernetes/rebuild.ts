import { execFile } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createClusterProject, registry } from '../support/cluster-project.js'
import { startDev } from '../support/dev.js'
import { type BenchRow, median, ms } from '../support/stats.js'
import { textAt } from '../support/text-at.js'

const run = promisify(execFile)
const turns = 7
const port = 4631

const deployment = (image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec: { containers: [{ name: main, image: '${image}', ports: [{ containerPort: 3000 }] }] }
`

/** An edit that no live update covers to its pod answering through the forward, beside the same by hand. */
export async function kubernetesRebuildRows(): Promise<readonly BenchRow[]> {
  const project = createClusterProject((name) => ({
    'tilt.config.ts': `import { dockerBuild, k8sResource, k8sYaml, sync } from 'tiltts'
k8sYaml('api.yaml')
k8sResource('api', { portForwards: '${port}:3000' })
dockerBuild('${name}/api', './api', { liveUpdate: [sync('./api/synced', '/app/synced')] })
`,
    'api.yaml': deployment(`${name}/api`),
    'api/Dockerfile': `FROM node:20\nWORKDIR /app\nCOPY package.json .\nRUN cp package.json installed.json\nCOPY . .\nCMD ["node", "server.cjs"]\n`,
    'api/package.json': '{}',
    'api/version.txt': '',
    'api/server.cjs': `const text = require('node:fs').readFileSync('version.txt')
require('node:http').createServer((_, response) => response.end(text)).listen(3000)
process.on('SIGTERM', () => process.exit(0))
`,
  }))
  const other = project.namespace()
  const byHand = join(project.folder, 'by-hand')
  cpSync(join(project.folder, 'api'), byHand, { recursive: true })
  const dev = await startDev(project, {}, ['--namespace', project.name])
  await dev.printed('ready (', 120_000)
  await deployByHand(byHand, other, `${registry}/${project.name}/by-hand:start`)
  const samples: number[] = []
  const floors: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    const text = `version ${turn} ${Math.random()}`
    const before = performance.now()
    writeFileSync(join(project.folder, 'api/version.txt'), text)
    while ((await textAt(port)) !== text) {
      if (performance.now() - before > 60_000) throw new Error(`no answer "${text}" on port ${port}:\n${dev.output()}`)
      await sleep(5)
    }
    samples.push(performance.now() - before)
    await sleep(1000)
    writeFileSync(join(byHand, 'version.txt'), text)
    const begun = performance.now()
    await deployByHand(byHand, other, `${registry}/${project.name}/by-hand:turn${turn}`)
    floors.push(performance.now() - begun)
    await sleep(1000)
  }
  if (process.env['BENCH_VERBOSE'] !== undefined) console.log({ samples, floors }, dev.output())
  await dev.stop()
  project.remove()
  const [measured, floor] = [median(samples), median(floors)]
  return [
    {
      what: `edit outside live update → built, pushed, applied, new pod served through the forward, median of ${turns}`,
      goal: '≤ 1.4 s and ≤ 1.15 × by hand',
      measured: `${ms(measured)} = ${(measured / floor).toFixed(2)} ×`,
      floor: `${ms(floor)} (docker build, push, kubectl apply, rollout status; without a forward)`,
      met: measured <= 1400 && measured <= 1.15 * floor,
    },
  ]
}

async function deployByHand(context: string, namespace: string, image: string): Promise<void> {
  await run('docker', ['build', '--quiet', '--tag', image, context])
  await run('docker', ['push', '--quiet', image])
  const applying = run('kubectl', ['--namespace', namespace, 'apply', '--filename', '-'])
  applying.child.stdin?.end(deployment(image))
  await applying
  await run('kubectl', ['--namespace', namespace, 'rollout', 'status', 'deployment/api', '--timeout=60s'])
}
