import type { KubernetesManifest } from '@tiltts/spec'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WatchState } from '../ports/kubernetes.js'
import { type ManualClock, manualClock } from './fake-clock.js'
import { fakeFiles } from './fake-files.js'
import { type FakeKubernetes, fakeKubernetes } from './fake-kubernetes.js'
import { record, records } from './fake-kubernetes-json.js'

const never = new AbortController().signal
let clock: ManualClock
let cluster: FakeKubernetes
beforeEach(() => {
  clock = manualClock()
  cluster = fakeKubernetes({ clock })
})
afterEach(() => cluster.close())

const apply = (object: KubernetesManifest): Promise<KubernetesManifest> => cluster.apply({ object, force: true }, never)
const web = (container: object = {}, spec: object = {}): KubernetesManifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'web:1', ...container }], ...spec },
    },
  },
})
const job = (command: readonly string[], backoffLimit = 0): KubernetesManifest => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'once' },
  spec: {
    backoffLimit,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x', command }] } },
  },
})
const pod = (): KubernetesManifest => {
  const found = cluster.objects('Pod').at(-1)
  if (!found) throw new Error('there is no pod')
  return found
}
const target = (container = 'main'): { namespace: string; pod: string; container: string } => ({
  namespace: 'default',
  pod: pod().metadata.name,
  container,
})
const waiting = (): unknown =>
  record(record(records(record(pod()['status'])['containerStatuses'])[0]?.['state'])['waiting'])['reason']
const events = (): unknown[] => cluster.objects('Event').map((event) => event['reason'])

describe('pods of the fake cluster', () => {
  it('become ready when their probe says so', async () => {
    await apply(web({ readinessProbe: {} }))
    await clock.advance(60)
    expect(records(record(pod()['status'])['containerStatuses'])[0]).toMatchObject({
      ready: false,
      state: { running: {} },
    })
    await clock.advance(60)
    expect(record(cluster.objects('Deployment')[0]?.['status'])).toMatchObject({
      readyReplicas: 1,
      observedGeneration: 1,
    })
    cluster.ready(target(), false)
    await clock.advance(10)
    expect(record(cluster.objects('Deployment')[0]?.['status'])).toMatchObject({ readyReplicas: 0 })
  })

  it('are replaced when the template changes, the old one once the new one is ready', async () => {
    await apply(web())
    await clock.advance(100)
    const before = pod().metadata.name
    await apply(web({ image: 'web:2' }))
    await clock.advance(30)
    expect(cluster.pods()).toContain(before)
    await clock.advance(200)
    expect(cluster.pods()).toHaveLength(1)
    expect(cluster.pods()).not.toContain(before)
  })

  it('crash again and again, each time later', async () => {
    cluster.program('crash', (self) => {
      self.stdout('no database\n')
      return 3
    })
    await apply(web({ command: ['crash'] }))
    await clock.advance(100)
    expect(waiting()).toBe('CrashLoopBackOff')
    expect(events()).toContain('BackOff')
    const lines: string[] = []
    for await (const { text } of cluster.logs(target(), { previous: true }, never)) lines.push(text)
    expect(lines).toEqual(['no database\n'])
    const restarts = (): unknown => records(record(pod()['status'])['containerStatuses'])[0]?.['restartCount']
    expect(restarts()).toBe(1)
    await clock.advance(10_100)
    expect(restarts()).toBe(2)
  })

  it('wait for an image that cannot be pulled, and for a place', async () => {
    cluster.missingImage('web:1', 'manifest unknown')
    cluster.full('0/1 nodes are available: 1 Insufficient cpu.')
    await apply(web())
    await clock.advance(100)
    expect(records(record(pod()['status'])['conditions'])[0]).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
    })
    cluster.full(undefined)
    await clock.advance(100)
    expect(waiting()).toBe('ErrImagePull')
    await clock.advance(1100)
    expect(waiting()).toBe('ImagePullBackOff')
    expect(events()).toEqual(expect.arrayContaining(['FailedScheduling', 'Failed', 'BackOff']))
    cluster.imageIsThere('web:1')
    await clock.advance(100)
    expect(record(pod()['status'])['phase']).toBe('Running')
  })

  it('run init containers first, one after another', async () => {
    cluster.program('prepare', async (self) => {
      await self.clock.sleep(500)
      return 0
    })
    await apply(web({}, { initContainers: [{ name: 'init', image: 'x', command: ['prepare'] }] }))
    await clock.advance(300)
    expect(record(pod()['status'])['phase']).toBe('Pending')
    expect(waiting()).toBe('PodInitializing')
    await clock.advance(400)
    expect(record(pod()['status'])['phase']).toBe('Running')
  })

  it('of a job end it, as success or as failure', async () => {
    await apply(job(['true']))
    await clock.advance(200)
    const conditions = (): unknown => record(cluster.objects('Job')[0]?.['status'])['conditions']
    expect(conditions()).toMatchObject([{ type: 'Complete' }])
    await cluster.remove({ apiVersion: 'batch/v1', kind: 'Job', namespace: '', name: 'once' }, {}, never)
    await clock.advance(100)
    expect(cluster.pods()).toEqual([])
    await apply(job(['false'], 1))
    await clock.advance(300)
    expect(conditions()).toMatchObject([{ type: 'Failed', reason: 'BackoffLimitExceeded' }])
    expect(cluster.pods()).toHaveLength(2)
  })

  it('go with their namespace', async () => {
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
    const object = web()
    await apply({ ...object, metadata: { ...object.metadata, namespace: 'shop' } })
    await clock.advance(100)
    await cluster.remove({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'shop' }, {}, never)
    await clock.advance(200)
    expect(
      cluster.objects().filter(({ metadata }) => metadata.namespace === 'shop' || metadata.name === 'shop'),
    ).toEqual([])
  })
})

describe('ways into pods of the fake cluster', () => {
  it('follow logs to the end of a container, over an absence of the cluster', async () => {
    await apply(web())
    await clock.advance(100)
    const lines: string[] = []
    const at = target()
    const done = (async () => {
      for await (const { text } of cluster.logs(at, {}, never)) lines.push(text)
    })()
    cluster.print(at, 'one\n')
    await clock.advance(10)
    cluster.goAway()
    cluster.print(at, 'two\n')
    await clock.advance(100)
    expect(lines).toEqual(['one\n'])
    cluster.comeBack()
    await clock.advance(1000)
    cluster.exit(at, 0)
    await clock.advance(10)
    await done
    expect(lines).toEqual(['one\n', 'two\n'])
  })

  it('carry files and commands into a container, until it ends', async () => {
    const files = fakeFiles({ '/src/app.js': 'new' })
    cluster = fakeKubernetes({ clock, files })
    cluster.image('web:1', { files: { '/app/old.js': 'old' } })
    await apply(web())
    await clock.advance(100)
    const channel = await cluster.openContainer(target(), never)
    await channel.copy([{ localPath: '/src/app.js', containerPath: '/app/app.js' }], never)
    expect(cluster.filesOf(target())).toEqual({ '/app/old.js': 'old', '/app/app.js': 'new' })
    cluster.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: pod().metadata.name })
    await clock.advance(1)
    await expect(channel.remove(['/app/app.js'], never)).rejects.toMatchObject({ code: 'container/channel-closed' })
  })

  it('connect to ports, and break when the pod ends', async () => {
    cluster.serve(80, async (connection) => {
      for await (const chunk of connection.input) connection.write(`${connection.pod} ${Buffer.from(chunk).toString()}`)
    })
    await apply(web())
    await clock.advance(100)
    const { namespace, pod: name } = target()
    const connection = await cluster.connect({ namespace, pod: name }, 80, never)
    const output = connection.output[Symbol.asyncIterator]()
    await connection.write(Buffer.from('hello'))
    const { value } = await output.next()
    expect(Buffer.from(value ?? []).toString()).toBe(`${name} hello`)
    const broken = expect(output.next()).rejects.toThrow(/has ended/)
    cluster.evict({ namespace, pod: name }, 'The node was low on memory')
    await broken
    await expect(cluster.connect({ namespace, pod: name }, 80, never)).rejects.toThrow(/connection refused/)
  })
})

describe('bad luck of the fake cluster', () => {
  it('loses watches while it is away, and takes them up again', async () => {
    const states: WatchState['is'][] = []
    let lists = 0
    const watch = cluster.watch(
      { apiVersion: 'v1', kind: 'Pod' },
      {
        onChange({ type }) {
          if (type === 'all') lists += 1
        },
        onState: ({ is }) => void states.push(is),
      },
    )
    await clock.advance(1)
    cluster.goAway()
    await expect(cluster.info()).rejects.toMatchObject({ code: 'kubernetes/unreachable' })
    await clock.advance(1)
    expect(states).toEqual(['following', 'lost'])
    cluster.comeBack()
    await clock.advance(1000)
    expect(states).toEqual(['following', 'lost', 'following'])
    cluster.loseHistory()
    await clock.advance(1)
    expect(lists).toBe(3)
    watch.close()
  })

  it('refuses what is denied, until it is not', async () => {
    const allow = cluster.deny({ verb: 'patch', kind: 'Deployment' })
    await expect(apply(web())).rejects.toMatchObject({ code: 'kubernetes/forbidden' })
    allow()
    await apply(web())
    expect(cluster.writes()).toEqual(['patch Deployment default/web'])
  })
})
