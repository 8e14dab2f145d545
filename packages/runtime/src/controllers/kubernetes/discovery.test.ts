import type { KubernetesManifest } from '@tiltts/spec'
import { afterEach, expect, it } from 'vitest'
import { barePod, container, deployment, job, type PodWorld, podWorld } from './pods.test.support.js'

const open: PodWorld[] = []
const world = async (...args: Parameters<typeof podWorld>): Promise<PodWorld> => {
  const made = await podWorld(...args)
  open.push(made)
  return made
}
afterEach(() => {
  for (const made of open.splice(0)) {
    expect(made.errors).toEqual([])
    made.close()
  }
})

const names = (pods: readonly { readonly name: string }[]): readonly string[] => pods.map(({ name }) => name)
const deploymentRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' }

it('DISC-01: finds the pods of what a resource applied through all their owners', async () => {
  const w = await world()
  await w.declare('web', [deployment('web', { replicas: 2 })])
  await w.declare('api', [deployment('api')])
  await w.deploy('web')
  await w.deploy('api')
  await w.advance(100)
  expect(w.status('web').pods).toHaveLength(2)
  expect(
    w.status('web').pods.every(({ owners }) => owners.map(({ kind }) => kind).join() === 'ReplicaSet,Deployment'),
  ).toBe(true)
  expect(w.status('api').pods).toHaveLength(1)
  expect(w.status('web')).toMatchObject({ known: true, startedOnce: true, objects: [{ state: 'ready' }] })
  // What is watched tells of owners: none is looked up.
  expect(w.lookups).toEqual([])
})

it('DISC-01: finds pods by their labels, and without regard to owners where only labels count', async () => {
  const w = await world()
  const extraSelectors = [{ app: 'operator-made' }]
  await w.declare('db', [], { spec: { extraSelectors, namespaces: ['shop'] } })
  await w.declare('own', [deployment('own')], { spec: { strategy: 'selectors-only', extraSelectors } })
  await w.deploy('own')
  await w.kubernetes.apply(
    { object: barePod('db-0', { app: 'operator-made' }), force: true },
    new AbortController().signal,
  )
  await w.advance(100)
  expect(names(w.status('db').pods)).toEqual(['db-0'])
  expect(names(w.status('own').pods)).toEqual(['db-0'])
})

it('DISC-01: looks up owners that nobody watches, once for all their pods', async () => {
  const w = await world()
  const set: KubernetesManifest = { ...deployment('web'), kind: 'ReplicaSet' }
  await w.declare('op', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'op', namespace: 'shop' } }])
  const made = await w.kubernetes.apply(
    { object: { ...set, spec: { ...(set['spec'] as object), replicas: 3 } }, force: true },
    new AbortController().signal,
  )
  await w.advance(100)
  expect(made.kind).toBe('ReplicaSet')
  expect(w.lookups).toEqual(['ReplicaSet/web'])
})

it('tells what may not be watched, and goes on with all else', async () => {
  const w = await world({
    before: async ({ kubernetes }) => void kubernetes.deny({ verb: 'watch', kind: 'ReplicaSet' }),
  })
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(200)
  expect(w.status('web').forbidden.join()).toContain('cannot watch resource "replicasets"')
  // The owners of its pods are asked for one by one.
  expect(w.status('web').pods).toHaveLength(1)
  expect(w.status('web')).toMatchObject({ known: true, objects: [{ state: 'ready' }] })
  expect(w.log('web')).toContain('cannot watch resource "replicasets"')
})

it('says once what may not be watched, however many resources it meets', async () => {
  const w = await world({
    before: async ({ kubernetes }) => void kubernetes.deny({ verb: 'watch', kind: 'ReplicaSet' }),
  })
  await w.declare('web', [deployment('web')])
  await w.declare('api', [deployment('api')])
  await w.deploy('web')
  await w.deploy('api')
  await w.advance(200)
  expect(w.status('web').forbidden).toEqual(w.status('api').forbidden)
  expect(`${w.log('web')}${w.log('api')}`.match(/cannot watch resource "replicasets"/g)).toHaveLength(1)
})

it('shares one watch a kind and namespace among all resources, and closes what nobody needs any more', async () => {
  const w = await world()
  for (const name of ['a', 'b', 'c']) await w.declare(name, [deployment(name)])
  expect(w.watched.map(({ kind, namespace }) => `${namespace}/${kind}`).toSorted()).toEqual([
    'shop/Deployment',
    'shop/Event',
    'shop/Pod',
    'shop/ReplicaSet',
  ])
  w.store.update({ by: 'test' }, (tx) => {
    for (const name of ['a', 'b', 'c']) tx.delete('KubernetesDiscovery', name)
  })
  await w.settled()
  expect(w.watched).toEqual([])
})

it('DISC-02: forgets the pods of the template before as soon as another one is applied', async () => {
  const w = await world()
  await w.declare('web', [deployment('web', { containers: [container('main', ['one'])] })])
  await w.deploy('web')
  await w.advance(100)
  const first = w.pod('web')
  w.store.update({ by: 'test' }, (tx) =>
    tx.spec('Resource', 'web', (spec) => {
      if (spec.type !== 'k8s') throw new Error('not a k8s resource')
      const objects = [deployment('web', { containers: [container('main', ['two'])] })]
      return { ...spec, kubernetes: { ...spec.kubernetes, objects } }
    }),
  )
  await w.deploy('web')
  await w.advance(200)
  expect(w.status('web').pods).toHaveLength(1)
  expect(w.pod('web')).not.toBe(first)
})

it('does not take what was ready before an apply for ready after it', async () => {
  const w = await world()
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(100)
  expect(w.status('web').objects).toMatchObject([{ state: 'ready' }])
  const changed = deployment('web', { containers: [container('main', ['other'])] })
  const now = await w.kubernetes.apply({ object: changed, force: true }, new AbortController().signal)
  w.discovery.applied('web', [now])
  expect(w.status('web').objects).toMatchObject([{ state: 'progressing' }])
  await w.advance(200)
  expect(w.status('web').objects).toMatchObject([{ state: 'ready' }])
})

it('DISC-03: remembers a pod that had done its work when it was tidied away', async () => {
  const w = await world({ programs: { work: () => 0 } })
  await w.declare('seed', [job('seed', ['work'])])
  await w.deploy('seed')
  await w.advance(100)
  const name = w.pod('seed')
  expect(w.status('seed')).toMatchObject({ completedOnce: true, objects: [{ state: 'complete' }] })
  w.kubernetes.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name })
  await w.advance(100)
  expect(names(w.status('seed').pods)).toEqual([name])
})

it('DISC-03: remembers a Job that had done its work when it was tidied away with its pod', async () => {
  const w = await world({ programs: { work: () => 0 } })
  await w.declare('seed', [job('seed', ['work'])])
  await w.deploy('seed')
  await w.advance(100)
  w.kubernetes.delete({ apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'seed' })
  await w.advance(3_000)
  expect(w.status('seed')).toMatchObject({ completedOnce: true, objects: [{ state: 'complete' }] })
  expect(w.log('seed')).not.toContain('was removed by something else')
})

it('DISC-03: forgets a running pod that is deleted, and finds the one in its place', async () => {
  const w = await world()
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(100)
  const name = w.pod('web')
  w.kubernetes.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name })
  await w.advance(200)
  expect(w.status('web').pods).toHaveLength(1)
  expect(w.pod('web')).not.toBe(name)
})

it('says when an object was deleted by somebody else', async () => {
  const w = await world()
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(100)
  w.kubernetes.delete(deploymentRef)
  await w.advance(3_000)
  expect(w.status('web').objects).toMatchObject([{ state: 'gone' }])
  expect(w.log('web')).toContain('Deployment/web was removed by something else than tiltts: `tiltts trigger web`')
})

it('sees what changed while the cluster was away, and says that it did not know', async () => {
  const w = await world()
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(100)
  w.kubernetes.goAway()
  await w.settled()
  expect(w.status('web').known).toBe(false)
  w.kubernetes.delete(deploymentRef)
  w.kubernetes.comeBack()
  await w.advance(3_000)
  expect(w.status('web')).toMatchObject({ known: true, objects: [{ state: 'gone' }], pods: [] })
})

it('goes on when the history of all watches is lost', async () => {
  const w = await world()
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(100)
  const before = w.status('web')
  w.kubernetes.loseHistory()
  await w.advance(10)
  expect(w.status('web').pods).toEqual(before.pods)
})

it('RDY-04: tells of a container that is restarted, after its last words', async () => {
  const w = await world({
    programs: {
      crash(self) {
        self.stderr('cannot find the database\n')
        return 3
      },
    },
  })
  await w.declare('web', [deployment('web', { containers: [container('main', ['crash'])] })])
  await w.deploy('web')
  await w.advance(15_000)
  const log = w.log('web')
  expect(log).toContain('Container main of pod')
  expect(log.indexOf('exited with code 3')).toBeGreaterThan(log.indexOf('cannot find the database'))
  expect(log).toContain('was restarted')
  expect(w.container('web')).toMatchObject({ waiting: { reason: 'CrashLoopBackOff' } })
})

it.each([
  ['container', 'containers', 'CrashLoopBackOff'],
  ['init container', 'initContainers', 'Init:CrashLoopBackOff'],
])(
  'knows a crashing %s as soon as an event says that it is put off, before the status of its pod does',
  async (_what, field, status) => {
    const w = await world({ programs: { crash: () => 3 }, startMs: 5_000 })
    const pods = { containers: [container('main')], [field]: [container('crashing', ['crash'])] }
    await w.declare('web', [deployment('web', pods)])
    await w.deploy('web')
    // It has ended once, and waits to be started for the second time.
    await w.advance(12_000)
    expect(w.container('web', 'crashing')).toMatchObject({ state: 'terminated' })
    const [pod] = w.status('web').pods
    const now = new Date(w.clock.now() + 1_000).toISOString()
    const event: KubernetesManifest = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'web.1', namespace: 'shop' },
      involvedObject: { kind: 'Pod', namespace: 'shop', name: pod?.name, uid: pod?.uid },
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off restarting failed container crashing in pod web-1',
      lastTimestamp: now,
    }
    await w.kubernetes.apply({ object: event, force: true }, new AbortController().signal)
    await w.settled()
    expect(w.container('web', 'crashing')).toMatchObject({
      state: 'waiting',
      waiting: { reason: 'CrashLoopBackOff' },
      lastEnd: { exitCode: 3 },
    })
    expect(w.status('web').pods[0]?.status).toBe(status)
  },
)

it('LOG-02: puts what the cluster says of its objects into the log of a resource, each once', async () => {
  const w = await world()
  w.kubernetes.missingImage('shop/main:1', 'no such image')
  await w.declare('web', [deployment('web')])
  await w.declare('other', [deployment('other', { containers: [container('side')] })])
  await w.deploy('web')
  await w.deploy('other')
  await w.advance(1_200)
  w.kubernetes.loseHistory()
  await w.advance(10)
  const lines = w
    .log('web')
    .split('\n')
    .filter((line) => line.includes('Failed to pull image'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^\[event: pod shop\/web-.*\] Failed to pull image "shop\/main:1": no such image$/)
  expect(w.log('other')).not.toContain('Failed to pull')
})

it('LOG-02: tells of probes that fail once a pod was ready, or when it takes long to become so, not of its start', async () => {
  const probed = { ...container('main'), readinessProbe: { httpGet: { port: 80 } } }
  const w = await world({ readyMs: 60_000 })
  await w.declare('web', [deployment('web', { containers: [probed] })])
  await w.deploy('web')
  await w.advance(100)
  const fail = async (probe: string, text: string): Promise<string> => {
    const [pod] = w.status('web').pods
    const event: KubernetesManifest = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `web.${text}`, namespace: 'shop' },
      involvedObject: { kind: 'Pod', namespace: 'shop', name: pod?.name, uid: pod?.uid },
      type: 'Warning',
      reason: 'Unhealthy',
      message: `${probe} probe failed: ${text}`,
      lastTimestamp: new Date(w.clock.now()).toISOString(),
    }
    await w.kubernetes.apply({ object: event, force: true }, new AbortController().signal)
    await w.settled()
    return w.log('web')
  }
  await w.advance(2_000)
  expect(await fail('Readiness', 'soon')).not.toContain('soon')
  expect(await fail('Startup', 'boot')).not.toContain('boot')
  expect(await fail('Liveness', 'stuck')).toContain('Liveness probe failed: stuck')
  await w.advance(30_000)
  expect(await fail('Readiness', 'still')).toContain('Readiness probe failed: still')
  await w.advance(30_000)
  expect(w.status('web').objects).toMatchObject([{ state: 'ready' }])
  const first = w.pod('web')
  w.kubernetes.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: first })
  await w.advance(2_000)
  expect(w.pod('web')).not.toBe(first)
  expect(await fail('Readiness', 'anew')).not.toContain('anew')
  await w.advance(60_000)
  expect(await fail('Readiness', 'lost')).toContain('Readiness probe failed: lost')
})

it('names why a pod cannot be placed', async () => {
  const w = await world()
  w.kubernetes.full('0/1 nodes are available: 1 Too many pods.')
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(100)
  expect(w.status('web').pods).toMatchObject([
    { problem: { reason: expect.stringMatching(/Unschedulable|FailedScheduling/) } },
  ])
  expect(w.log('web')).toContain('0/1 nodes are available')
  w.kubernetes.full(undefined)
  await w.advance(100)
  expect(w.status('web').pods[0]?.problem).toBeUndefined()
})

it('RDY-06: gives out the URLs of load balancers', async () => {
  const w = await world()
  const service: KubernetesManifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 8080, targetPort: 80 }] },
  }
  await w.declare('web', [deployment('web'), service])
  await w.deploy('web')
  expect(w.status('web').urls).toEqual([])
  w.kubernetes.edit({ apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' }, (object) => ({
    ...object,
    status: { loadBalancer: { ingress: [{ ip: '172.18.0.9' }] } },
  }))
  await w.advance(10)
  expect(w.status('web').urls).toEqual(['http://172.18.0.9:8080/'])
})

it('asks the user whether objects are ready, once for each state of one', async () => {
  let calls = 0
  const w = await world({
    call({ args }) {
      calls += 1
      const [object] = args as [{ data?: { state?: string } }]
      return object.data?.state === 'go'
    },
  })
  const config: KubernetesManifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'gate', namespace: 'shop' },
    data: { state: 'wait' },
  }
  await w.declare('gate', [config], { deploy: { readyWhen: { $fn: 'f1', hash: 'h1' }, podReadiness: 'ignore' } })
  await w.deploy('gate')
  await w.advance(10)
  expect(w.status('gate').objects).toMatchObject([
    { state: 'progressing', message: 'readyWhen says that ConfigMap gate is not ready' },
  ])
  w.kubernetes.edit({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'gate' }, (object) => ({
    ...object,
    data: { state: 'go' },
  }))
  await w.advance(10)
  expect(w.status('gate').objects).toMatchObject([{ state: 'ready' }])
  expect(calls).toBe(2)
})

it('asks the user about what comes to something, not about a Service beside it', async () => {
  const asked: string[] = []
  const w = await world({
    call({ args }) {
      const [object] = args as [KubernetesManifest]
      asked.push(object.kind)
      return true
    },
  })
  const service: KubernetesManifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { ports: [{ port: 80 }] },
  }
  await w.declare('web', [service, deployment('web')], { deploy: { readyWhen: { $fn: 'f1', hash: 'h1' } } })
  await w.deploy('web')
  await w.advance(10)
  expect(new Set(asked)).toEqual(new Set(['Deployment']))
  expect(w.status('web').objects).toMatchObject([
    { kind: 'Service', state: 'ready' },
    { kind: 'Deployment', state: 'ready' },
  ])
})

it('finds nothing for a resource that is switched off', async () => {
  const w = await world()
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(100)
  await w.enable('web', false)
  expect(w.status('web')).toMatchObject({ pods: [], objects: [], startedOnce: false })
})

it('takes in a pod without looking at the resources of others', async () => {
  const w = await world()
  const all = Array.from({ length: 30 }, (_, index) => `r${index}`)
  for (const name of all) await w.declare(name, [deployment(name, { replicas: 2 })])
  for (const name of all) await w.deploy(name)
  await w.advance(200)
  expect(all.every((name) => w.status(name).pods.length === 2)).toBe(true)
  const before = w.store.revision
  w.kubernetes.exit(w.target('r7'), 1)
  await w.settled()
  // Its pod, and its Deployment.
  expect(w.store.revision - before).toBeLessThanOrEqual(4)
})

it('takes in a pod and a Service without looking at those who look for others', async () => {
  const w = await world()
  const all = Array.from({ length: 10 }, (_, index) => `r${index}`)
  for (const name of all) await w.declare(name, [], { spec: { extraSelectors: [{ app: name }], namespaces: ['shop'] } })
  await w.declare('led', [], { spec: { target: { kind: 'service', name: 's3' }, namespaces: ['shop'] } })
  const put = (object: KubernetesManifest) => w.kubernetes.apply({ object, force: true }, new AbortController().signal)
  w.woken.splice(0)
  await put(barePod('p3', { app: 'r3' }))
  const meta = { namespace: 'shop', name: 's3' }
  const spec = { selector: { app: 'r3' }, ports: [{ port: 80 }] }
  await put({ apiVersion: 'v1', kind: 'Service', metadata: meta, spec })
  await put({ apiVersion: 'v1', kind: 'Service', metadata: { ...meta, name: 's4' }, spec })
  await w.advance(100)
  expect(names(w.status('r3').pods)).toEqual(['p3'])
  expect(names(w.status('led').pods)).toEqual(['p3'])
  expect(new Set(w.woken)).toEqual(new Set(['r3', 'led']))
  w.kubernetes.edit({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'p3' }, (object) => ({
    ...object,
    metadata: { ...object.metadata, labels: { app: 'r4' } },
  }))
  await w.advance(10)
  expect(w.status('r3').pods).toEqual([])
  expect(names(w.status('r4').pods)).toEqual(['p3'])
  expect(w.status('led').pods).toEqual([])
})

it('LOG-02: says nothing of the pods of a resource that left the config', async () => {
  const w = await world()
  await w.declare('web', [deployment('web')])
  await w.declare('other', [deployment('other')])
  await w.deploy('web')
  await w.advance(100)
  const [pod] = w.status('web').pods
  w.store.update({ by: 'test' }, (tx) => {
    tx.delete('KubernetesDiscovery', 'web')
    tx.delete('KubernetesApply', 'web')
  })
  await w.settled()
  const event: KubernetesManifest = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'web.1', namespace: 'shop' },
    involvedObject: { kind: 'Pod', namespace: 'shop', name: pod?.name, uid: pod?.uid },
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Liveness probe failed',
    lastTimestamp: new Date(w.clock.now() + 1_000).toISOString(),
  }
  await w.kubernetes.apply({ object: event, force: true }, new AbortController().signal)
  await w.settled()
  expect(w.log('web')).not.toContain('Liveness probe failed')
})

it('goes by the watch when that was faster than the answer to the apply', async () => {
  const w = await world()
  await w.declare('web', [deployment('web')])
  await w.deploy('web')
  await w.advance(100)
  const changed = { ...deployment('web'), metadata: { ...deployment('web').metadata, annotations: { a: 'b' } } }
  const answer = await w.kubernetes.apply({ object: changed, force: true }, new AbortController().signal)
  await w.advance(200)
  const generation = w.kubernetes.object(deploymentRef)?.metadata['generation']
  w.discovery.applied('web', [{ ...answer, metadata: { ...answer.metadata, generation }, status: {} }])
  await w.advance(10)
  expect(w.status('web').objects).toMatchObject([{ state: 'ready' }])
})
