import type { KubernetesManifest, KubernetesRef } from '@tiltts/spec'
import { afterEach, describe, expect, it } from 'vitest'
import type { Kubernetes, WatchChange, WatchSelection, WatchState } from './kubernetes.js'
import { kubernetesRefusal } from './kubernetes-refusal.js'

/** One cluster, with what a test needs to make happen around it. */
export interface KubernetesHarness {
  readonly kubernetes: Kubernetes
  /** One of its own, which is there and is the context's. */
  readonly namespace: string
  /** Unique: what has no namespace is named by it. */
  readonly name: string
  /** One with `sleep` and `sh`. */
  readonly image: string
  /** Applies as `kubectl apply` does, on the client's side. */
  readonly kubectlApply: (object: KubernetesManifest) => Promise<void>
  /** Lets so much time pass, and what it sets off happen. */
  readonly elapse: (ms: number) => Promise<void>
  readonly close: () => Promise<void>
}

type Test = (h: KubernetesHarness) => Promise<void>

/** What every cluster does with objects. */
export function kubernetesContract(name: string, make: () => Promise<KubernetesHarness>): void {
  const open: KubernetesHarness[] = []
  const never = new AbortController().signal

  const test = (title: string, body: Test): void =>
    void it(title, async () => {
      const harness = await make()
      open.push(harness)
      await body(harness)
    })
  const until = async (h: KubernetesHarness, what: () => boolean | Promise<boolean>): Promise<void> => {
    for (let turn = 0; turn < 600 && !(await what()); turn++) await h.elapse(50)
    expect(await what()).toBe(true)
  }
  const apply = (h: KubernetesHarness, object: KubernetesManifest): Promise<KubernetesManifest> =>
    h.kubernetes.apply({ object, force: true }, never)
  const failure = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
    promise.then(
      () => Promise.reject(new Error('it did not fail')),
      (error: Error) => error,
    )
  const ref = (h: KubernetesHarness, kind: string, one: string): KubernetesRef => ({
    apiVersion: kind === 'Deployment' ? 'apps/v1' : kind === 'Job' ? 'batch/v1' : 'v1',
    kind,
    namespace: h.namespace,
    name: one,
  })
  const dataOf = (object: KubernetesManifest | undefined): unknown => object?.['data']

  const follow = (h: KubernetesHarness, selection: WatchSelection): Following => {
    const objects = new Map<string, KubernetesManifest>()
    const states: WatchState[] = []
    const changes: WatchChange[] = []
    const watch = h.kubernetes.watch(selection, {
      onChange(change) {
        changes.push(change)
        if (change.type === 'all') {
          objects.clear()
          for (const object of change.objects) objects.set(object.metadata.name, object)
        } else if (change.type === 'put') objects.set(change.object.metadata.name, change.object)
        else objects.delete(change.object.metadata.name)
      },
      onState: (state) => void states.push(state),
    })
    return { objects, states, changes, close: () => watch.close() }
  }
  const configMaps = (h: KubernetesHarness, more: Partial<WatchSelection> = {}): WatchSelection => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: h.namespace,
    labelSelector: 'contract',
    ...more,
  })

  describe(`${name} as a cluster`, () => {
    afterEach(async () => {
      for (const harness of open.splice(0)) await harness.close()
    })

    describe('who it is', () => {
      test('CLU-03: says its version, and the architecture of its nodes', async (h) => {
        const info = await h.kubernetes.info()
        expect(info.uid).not.toBe('')
        expect(info.version).toMatch(/^v1\.\d+/)
        expect(info.arch).toMatch(/^[a-z0-9]+$/)
        expect(info.runtime).toMatch(/^[a-z-]+$/)
        expect((await h.kubernetes.info()).uid).toBe(info.uid)
      })

      test('tells the context of the session without asking the cluster', async (h) => {
        expect(await h.kubernetes.context()).toMatchObject({ product: 'kind', isLocal: true, namespace: h.namespace })
      })

      test('knows which kinds there are, and which of them have namespaces', async (h) => {
        expect(await h.kubernetes.kind('apps/v1', 'Deployment', never)).toEqual({ namespaced: true })
        expect(await h.kubernetes.kind('v1', 'Namespace', never)).toEqual({ namespaced: false })
        expect(await h.kubernetes.kind('v1', 'Deployment', never)).toBeUndefined()
        expect(await h.kubernetes.kind('none.example.com/v1', 'Deployment', never)).toBeUndefined()
      })
    })

    describe('apply', () => {
      test('APPLY-02: puts what names no namespace into that of the context', async (h) => {
        const applied = await apply(h, configMap('plain', { a: '1' }))
        expect(applied.metadata.namespace).toBe(h.namespace)
        expect(applied.metadata['uid']).toEqual(expect.any(String))
        expect(applied.metadata['managedFields']).toBeUndefined()
        expect(dataOf(await h.kubernetes.get(ref(h, 'ConfigMap', 'plain'), never))).toEqual({ a: '1' })
        expect(await h.kubernetes.get({ ...ref(h, 'ConfigMap', 'plain'), namespace: '' }, never)).toMatchObject({
          metadata: { uid: applied.metadata['uid'] },
        })
      })

      test('APPLY-04: takes away what a manifest no longer has, and leaves what others have set', async (h) => {
        await apply(h, configMap('shared', { a: '1', b: '2' }))
        await h.kubernetes.apply(
          { object: configMap('shared', { other: 'x' }), fieldManager: 'else', force: false },
          never,
        )
        const applied = await apply(h, configMap('shared', { a: '3' }))
        expect(dataOf(applied)).toEqual({ a: '3', other: 'x' })
      })

      test('APPLY-04: says whose fields it would change, unless it is to take them', async (h) => {
        await h.kubernetes.apply({ object: configMap('fought', { a: '1' }), fieldManager: 'else', force: false }, never)
        const object = configMap('fought', { a: '2' })
        const error = await failure(h.kubernetes.apply({ object, force: false }, never))
        expect(error.code).toBe('kubernetes/refused')
        expect(kubernetesRefusal(error)).toMatchObject({
          status: 409,
          causes: [{ reason: 'FieldManagerConflict', field: '.data.a', message: expect.stringContaining('"else"') }],
        })
        expect(dataOf(await apply(h, object))).toEqual({ a: '2' })
      })

      test('APPLY-03: takes over what kubectl has applied, so that what is left out goes away', async (h) => {
        await h.kubectlApply(withNamespace(configMap('adopted', { a: '1', old: 'x' }), h))
        const applied = await apply(h, configMap('adopted', { a: '2' }))
        expect(dataOf(applied)).toEqual({ a: '2' })
        expect(applied.metadata.annotations ?? {}).not.toHaveProperty([
          'kubectl.kubernetes.io/last-applied-configuration',
        ])
      })

      test('counts generations of what runs, and only where it has changed', async (h) => {
        const first = await apply(h, deployment('counted', 0))
        expect(first.metadata['generation']).toBe(1)
        expect((await apply(h, deployment('counted', 0))).metadata['generation']).toBe(1)
        const changed = deployment('counted', 0, { env: [{ name: 'A', value: '1' }] })
        expect((await apply(h, changed)).metadata['generation']).toBe(2)
      })

      test('writes nothing in a dry run', async (h) => {
        const object = configMap('dry', { a: '1' })
        expect(dataOf(await h.kubernetes.apply({ object, force: true, dryRun: true }, never))).toEqual({ a: '1' })
        expect(await h.kubernetes.get(ref(h, 'ConfigMap', 'dry'), never)).toBeUndefined()
      })

      test('names the field that may not be changed', async (h) => {
        await apply(h, deployment('fixed', 0))
        const other = { app: 'other' }
        const error = await failure(apply(h, deployment('fixed', 0, {}, other)))
        expect(kubernetesRefusal(error)).toMatchObject({
          status: 422,
          reason: 'Invalid',
          causes: [{ field: 'spec.selector', message: expect.stringContaining('field is immutable') }],
        })
        await apply(h, job('once', 'true'))
        const again = kubernetesRefusal(await failure(apply(h, job('once', 'false'))))
        expect(again).toMatchObject({
          status: 422,
          causes: [{ field: 'spec.template', message: expect.stringContaining('field is immutable') }],
        })
      })

      test('says in the words of the server what is wrong with an object', async (h) => {
        const broken = deployment('broken', 0)
        const error = await failure(
          apply(h, { ...broken, spec: { ...(broken['spec'] as object), selector: { matchLabels: { no: 'pod' } } } }),
        )
        expect(error.code).toBe('kubernetes/refused')
        expect(error.message).toMatch(/does not match template `labels`/)
        const lost = withNamespace(configMap('lost', {}), h)
        const namespace = `${h.name}-absent`
        const nowhere = await failure(apply(h, { ...lost, metadata: { ...lost.metadata, namespace } }))
        expect(nowhere.message).toContain(`namespaces "${namespace}" not found`)
        expect(kubernetesRefusal(nowhere)?.status).toBe(404)
      })

      test('APPLY-08: refuses kinds that nobody has defined', async (h) => {
        const object: KubernetesManifest = { apiVersion: 'none.example.com/v1', kind: 'Thing', metadata: { name: 'x' } }
        const error = await failure(apply(h, object))
        expect(error.code).toBe('kubernetes/refused')
        expect(error.message).toBe('the cluster knows no kind "Thing" of none.example.com/v1')
      })

      test('APPLY-08: finds a kind that was defined a moment ago', async (h) => {
        const group = `${h.name}.example.com`
        const crd: KubernetesManifest = {
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata: { name: `things.${group}` },
          spec: {
            group,
            scope: 'Namespaced',
            names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
            versions: [{ name: 'v1', served: true, storage: true, schema: openSchema }],
          },
        }
        const object: KubernetesManifest = {
          apiVersion: `${group}/v1`,
          kind: 'Thing',
          metadata: { name: 'x' },
          spec: { size: 3 },
        }
        expect(await h.kubernetes.kind(object.apiVersion, 'Thing', never)).toBeUndefined()
        await apply(h, crd)
        try {
          const applying = apply(h, object)
          for (let turn = 0; turn < 20; turn++) await h.elapse(50)
          expect((await applying)['spec']).toEqual({ size: 3 })
          expect(await h.kubernetes.kind(object.apiVersion, 'Thing', never)).toEqual({ namespaced: true })
        } finally {
          const made: KubernetesRef = {
            apiVersion: crd.apiVersion,
            kind: crd.kind,
            namespace: '',
            name: crd.metadata.name,
          }
          await h.kubernetes.remove(made, {}, never)
        }
      })

      test('ends when it is aborted', async (h) => {
        const reason = new Error('changed my mind')
        const object = configMap('aborted', {})
        await expect(h.kubernetes.apply({ object, force: true }, AbortSignal.abort(reason))).rejects.toBe(reason)
      })
    })

    describe('remove', () => {
      test('removes an object, and says when there is none', async (h) => {
        await apply(h, configMap('gone', {}))
        expect(await h.kubernetes.remove(ref(h, 'ConfigMap', 'gone'), {}, never)).toBe('removed')
        expect(await h.kubernetes.get(ref(h, 'ConfigMap', 'gone'), never)).toBeUndefined()
        expect(await h.kubernetes.remove(ref(h, 'ConfigMap', 'gone'), {}, never)).toBe('absent')
        const unknown = { ...ref(h, 'Thing', 'gone'), apiVersion: 'none.example.com/v1' }
        expect(await h.kubernetes.get(unknown, never)).toBeUndefined()
        expect(await h.kubernetes.remove(unknown, {}, never)).toBe('absent')
      })

      test('leaves an object of the same name that is another one', async (h) => {
        const { metadata } = await apply(h, configMap('other', {}))
        const uid = '00000000-0000-0000-0000-000000000000'
        expect(await h.kubernetes.remove(ref(h, 'ConfigMap', 'other'), { uid }, never)).toBe('absent')
        expect(await h.kubernetes.get(ref(h, 'ConfigMap', 'other'), never)).toBeDefined()
        expect(await h.kubernetes.remove(ref(h, 'ConfigMap', 'other'), { uid: String(metadata['uid']) }, never)).toBe(
          'removed',
        )
      })

      test('takes along what an object owns', async (h) => {
        await apply(h, deployment('owner', 1))
        const sets = follow(h, { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: h.namespace })
        await until(h, () => sets.objects.size === 1)
        await h.kubernetes.remove(ref(h, 'Deployment', 'owner'), { propagation: 'foreground' }, never)
        await until(h, async () => (await h.kubernetes.get(ref(h, 'Deployment', 'owner'), never)) === undefined)
        await until(h, () => sets.objects.size === 0)
        sets.close()
      })
    })

    describe('list and watch', () => {
      test('lists what is selected', async (h) => {
        await apply(h, configMap('one', {}, { contract: 'a' }))
        await apply(h, configMap('two', {}, { contract: 'b' }))
        await apply(h, configMap('three', {}))
        const names = async (more?: Partial<WatchSelection>): Promise<string[]> => {
          const found: string[] = []
          for await (const object of h.kubernetes.list(configMaps(h, more), never)) {
            expect(object).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' })
            expect(object.metadata['managedFields']).toBeUndefined()
            found.push(object.metadata.name)
          }
          return found.sort()
        }
        expect(await names()).toEqual(['one', 'two'])
        expect(await names({ labelSelector: 'contract=a' })).toEqual(['one'])
        expect(await names({ labelSelector: 'contract in (a,b),contract!=a' })).toEqual(['two'])
        expect(await names({ fieldSelector: 'metadata.name=two' })).toEqual(['two'])
      })

      test('tells all there is, and then what changes', async (h) => {
        await apply(h, configMap('first', { a: '1' }, { contract: 'a' }))
        const seen = follow(h, configMaps(h))
        await until(h, () => seen.states.length > 0)
        expect(seen.states).toEqual([{ is: 'following' }])
        expect(seen.changes[0]).toMatchObject({ type: 'all', objects: [{ kind: 'ConfigMap', data: { a: '1' } }] })
        await apply(h, configMap('second', {}, { contract: 'b' }))
        await apply(h, configMap('first', { a: '2' }, { contract: 'a' }))
        await apply(h, configMap('unseen', {}))
        await h.kubernetes.remove(ref(h, 'ConfigMap', 'second'), {}, never)
        await until(h, () => seen.changes.length === 4)
        expect(seen.changes.slice(1).map((change) => change.type)).toEqual(['put', 'put', 'remove'])
        expect([...seen.objects.values()].map(dataOf)).toEqual([{ a: '2' }])
        expect(JSON.stringify(seen.changes)).not.toContain('managedFields')
        seen.close()
      })

      test('takes an object that is not selected any more for gone', async (h) => {
        const seen = follow(h, configMaps(h))
        await apply(h, configMap('left', {}, { contract: 'a' }))
        await until(h, () => seen.objects.size === 1)
        await apply(h, configMap('left', {}))
        await until(h, () => seen.objects.size === 0)
        seen.close()
      })

      test('is quiet once it is closed', async (h) => {
        const seen = follow(h, configMaps(h))
        await until(h, () => seen.changes.length === 1)
        seen.close()
        await apply(h, configMap('late', {}, { contract: 'a' }))
        for (let turn = 0; turn < 10; turn++) await h.elapse(20)
        expect(seen.changes).toHaveLength(1)
      })

      test('follows a Deployment to the pod that it makes, and the pod until it is ready', async (h) => {
        const seen = follow(h, { apiVersion: 'v1', kind: 'Pod', namespace: h.namespace })
        await apply(h, deployment('web', 1, { image: h.image }))
        await until(h, () => [...seen.objects.values()].some(isReady))
        const [pod] = seen.objects.values()
        expect(pod?.metadata['ownerReferences']).toMatchObject([{ kind: 'ReplicaSet' }])
        expect(pod?.metadata.labels).toMatchObject({ app: 'web' })
        await until(h, async () => {
          const found = await h.kubernetes.get(ref(h, 'Deployment', 'web'), never)
          return (found?.['status'] as { readyReplicas?: number } | undefined)?.readyReplicas === 1
        })
        seen.close()
      })
    })
  })
}

interface Following {
  readonly objects: ReadonlyMap<string, KubernetesManifest>
  readonly states: readonly WatchState[]
  readonly changes: readonly WatchChange[]
  close(): void
}

const openSchema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }

function configMap(name: string, data: Record<string, string>, labels?: Record<string, string>): KubernetesManifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...(labels ? { labels } : {}) }, data }
}

function withNamespace(object: KubernetesManifest, { namespace }: KubernetesHarness): KubernetesManifest {
  return { ...object, metadata: { ...object.metadata, namespace } }
}

function deployment(
  name: string,
  replicas: number,
  container: object = {},
  labels: Record<string, string> = { app: name },
): KubernetesManifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'main', image: 'busybox', command: ['sleep', '3600'], ...container }],
        },
      },
    },
  }
}

function job(name: string, command: string): KubernetesManifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      suspend: true,
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox', command: [command] }] },
      },
    },
  }
}

function isReady(pod: KubernetesManifest): boolean {
  const { conditions = [] } = (pod['status'] ?? {}) as { conditions?: readonly { type: string; status: string }[] }
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}
