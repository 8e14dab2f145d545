import { setTimeout as sleep } from 'node:timers/promises'
import { startDev } from '../support/dev.js'
import { pssMb } from '../support/memory.js'
import { createProject } from '../support/project.js'
import { simulateCluster } from '../support/simulated-cluster.js'
import type { BenchRow } from '../support/stats.js'

const deployments = 20
const pods = 1000

/** What a session takes whose resources have a thousand pods, beside the same with one pod each. */
export async function kubernetesMemoryRows(): Promise<readonly BenchRow[]> {
  const floor = await sessionMb(1)
  const measured = await sessionMb(pods / deployments)
  return [
    {
      what: `memory with ${pods.toLocaleString('en')} pods of ${deployments} resources watched and their logs read (simulated API server)`,
      goal: '≤ floor + 60 MB',
      measured: `${measured.toFixed(0)} MB = + ${(measured - floor).toFixed(0)} MB`,
      floor: `${floor.toFixed(0)} MB (one pod each)`,
      met: measured - floor <= 60,
    },
  ]
}

async function sessionMb(replicas: number): Promise<number> {
  const project = createProject({
    'tilt.config.ts': `import { k8sYaml } from 'tiltts'
for (let n = 0; n < ${deployments}; n++) {
  const labels = { app: 'service' + n }
  k8sYaml({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'service' + n },
    spec: {
      replicas: ${replicas},
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'registry.example.com/api:1' }] } },
    },
  })
}
`,
  })
  const cluster = await simulateCluster(project.folder)
  const dev = await startDev(project, { KUBECONFIG: cluster.kubeconfig })
  await dev.printed(`All ${deployments} resources are ready`, 120_000)
  const wanted = deployments * replicas
  for (const until = performance.now() + 60_000; cluster.counts().logs < wanted; await sleep(50)) {
    if (performance.now() > until) throw new Error(`not all logs are read: ${JSON.stringify(cluster.counts())}`)
  }
  await sleep(10_000)
  const taken = pssMb(dev.pid)
  await dev.stop()
  cluster.close()
  project.remove()
  return taken
}
