// Makes a Deployment of each Queue, and says in its status how far that is.
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

const account = '/var/run/secrets/kubernetes.io/serviceaccount'
const ca = readFileSync(`${account}/ca.crt`)
const namespace = process.env.NAMESPACE
const queues = `/apis/kubernetes-shop.example.com/v1/namespaces/${namespace}/queues`
const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`

/** Asks the API server; `type` is how a body is meant. */
function ask(method, path, body, type = 'application/apply-patch+yaml') {
  // Read anew: the token is changed from time to time.
  const headers = { authorization: `Bearer ${readFileSync(`${account}/token`)}`, 'content-type': type }
  return new Promise((resolve, reject) => {
    const asked = request(`https://kubernetes.default.svc${path}`, { method, ca, headers }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString()
      if (response.statusCode < 300) resolve(JSON.parse(text))
      else reject(new Error(`${method} ${path}: ${/"message":"([^"]*)"/.exec(text)?.[1] ?? text.trim()}`))
    })
    asked.on('error', reject).end(body && JSON.stringify(body))
  })
}

const deploymentOf = ({ apiVersion, kind, metadata: { name, uid }, spec }) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, ownerReferences: [{ apiVersion, kind, name, uid, controller: true }] },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: 'queue',
            image: spec.image,
            env: [{ name: 'TOPICS', value: spec.topics.join(', ') }],
            ports: [{ containerPort: 3000 }],
            readinessProbe: { httpGet: { path: '/', port: 3000 }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
})

async function look() {
  // Items of a list leave out what they have in common.
  const { apiVersion, items } = await ask('GET', queues)
  for (const item of items) {
    const queue = { ...item, apiVersion, kind: 'Queue' }
    const { name } = queue.metadata
    const path = `${deployments}/${name}?fieldManager=operator&force=true`
    const { metadata, spec, status } = await ask('PATCH', path, deploymentOf(queue))
    const isThere = status.observedGeneration === metadata.generation && status.updatedReplicas === spec.replicas
    const phase = isThere && status.readyReplicas === spec.replicas ? 'Running' : 'Starting'
    if (queue.status?.phase === phase) continue
    console.log(`${name}: ${phase}`)
    await ask('PATCH', `${queues}/${name}/status`, { status: { phase } }, 'application/merge-patch+json')
  }
}

process.on('SIGTERM', () => process.exit(0))
console.log('operator looks for queues')
for (;;) {
  await look().catch((error) => console.error(error.message))
  await sleep(500)
}
