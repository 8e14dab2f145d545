import { InfraError, type KubernetesManifest } from '@tiltts/spec'
import type { KubernetesContext, KubernetesInfo, PodContainerRef } from '../ports/kubernetes.js'
import type { FakeContainerRow } from './fake-docker-containers.js'
import type { FakeContainerProgram } from './fake-docker-programs.js'
import { noSource } from './fake-docker-source.js'
import { runControllers } from './fake-kubernetes-controllers.js'
import { record } from './fake-kubernetes-json.js'
import { clusterObjects } from './fake-kubernetes-kinds.js'
import { runKubelet } from './fake-kubernetes-kubelet.js'
import { isSelected } from './fake-kubernetes-selectors.js'
import { fakeStore, refusal } from './fake-kubernetes-store.js'
import { fakeStreams } from './fake-kubernetes-streams.js'
import type {
  FakeDenial,
  FakeKubernetes,
  FakeKubernetesOptions,
  FakePodImage,
  FakePodProgram,
  FakeVerb,
} from './fake-kubernetes-types.js'
import { fakeWatches } from './fake-kubernetes-watches.js'

export type {
  FakeDenial,
  FakeKubernetes,
  FakeKubernetesControls,
  FakeKubernetesOptions,
  FakePodImage,
  FakePodProgram,
  FakePodServer,
  FakeVerb,
} from './fake-kubernetes-types.js'

/**
 * A cluster in memory: an API server, controllers, one node. Pods run programs, and become ready as the clock goes on.
 *
 * @example
 * const kubernetes = fakeKubernetes({ clock, programs: { 'npm start': (self) => self.forever() } })
 * await kubernetes.apply({ object: deployment, force: true }, signal)
 * await clock.advance(100) // its pods are ready
 */
export function fakeKubernetes(options: FakeKubernetesOptions): FakeKubernetes {
  const { clock } = options
  const about: KubernetesInfo = {
    uid: '',
    version: 'v1.34.4',
    arch: 'amd64',
    runtime: 'containerd',
    nodeAnnotations: {},
    ...options.info,
  }
  const pinned: KubernetesContext | undefined =
    options.context === null
      ? undefined
      : {
          name: 'kind-test',
          namespace: 'default',
          cluster: 'kind-test',
          product: 'kind',
          isLocal: true,
          ...options.context,
        }
  const programs = new Map<string, FakeContainerProgram>(Object.entries(options.programs ?? {}))
  const images = new Map<string, FakePodImage>()
  const missing = new Map<string, string>()
  const servers = new Map<number, FakePodProgram>()
  const refusedCopies = new Map<string, Map<string, string>>()
  const denials = new Set<FakeDenial>()
  const writes: string[] = []
  let full: string | undefined
  let connection = new AbortController()
  let serial = 0
  let stamped = 0
  let nanos = 0

  const store = fakeStore(clock)
  const suffix = (): string => {
    serial += 1
    return serial.toString(36).padStart(5, 'x')
  }
  const stamp = (): string => {
    nanos = clock.now() === stamped ? nanos + 1 : 0
    stamped = clock.now()
    return `${new Date(stamped).toISOString().slice(0, -1)}${String(nanos).padStart(6, '0')}Z`
  }
  runControllers({ store, clock, suffix })
  const kubelet = runKubelet({
    store,
    clock,
    programs,
    stamp,
    startMs: options.startMs ?? 20,
    readyMs: options.readyMs ?? 50,
    image: (ref) => images.get(ref) ?? {},
    pullFailure: (ref) => missing.get(ref),
    full: () => full,
  })
  for (const object of clusterObjects(about.arch ?? 'amd64', about.runtime ?? 'containerd')) store.create(object)

  const check = (verb: FakeVerb, kind: string, namespace: string, name: string): void => {
    connection.signal.throwIfAborted()
    const is = (wanted: string | undefined, found: string): boolean => wanted === undefined || wanted === found
    for (const denial of denials) {
      if (!is(denial.verb, verb) || !is(denial.kind, kind) || !is(denial.namespace, namespace)) continue
      if (!is(denial.name, name)) continue
      const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`
      const words = `${kind.toLowerCase()} is forbidden: User "dev" cannot ${verb} resource "${kind.toLowerCase()}s" ${where}`
      const status = denial.status ?? 403
      throw refusal(status, status === 403 ? 'Forbidden' : '', denial.message ?? words)
    }
  }
  /** Carries out a call as long as the cluster is there and the caller wants it. */
  const call = async <T>(signal: AbortSignal | undefined, work: () => T): Promise<T> => {
    signal?.throwIfAborted()
    await Promise.resolve()
    signal?.throwIfAborted()
    if (pinned === undefined) throw new InfraError('kubernetes/no-context', 'kubernetes', 'there is no kubeconfig')
    connection.signal.throwIfAborted()
    return work()
  }
  const namespaceOf = (kind: { readonly namespaced: boolean } | undefined, namespace: string | undefined): string =>
    kind?.namespaced === false ? '' : namespace || (pinned?.namespace ?? 'default')

  const watches = fakeWatches({
    store,
    clock,
    check({ apiVersion, kind, namespace = '' }) {
      if (store.kind(apiVersion, kind) === undefined) {
        throw refusal(404, 'NotFound', `the cluster knows no kind "${kind}" of ${apiVersion}`)
      }
      check('list', kind, namespace, '')
      check('watch', kind, namespace, '')
    },
  })
  const streams = fakeStreams({
    store,
    image: (ref) => images.get(ref) ?? {},
    pullFailure: (ref) => missing.get(ref),
    startMs: options.startMs ?? 20,
    kubelet,
    clock,
    source: options.files ?? noSource,
    programs,
    servers,
    refusedCopies(container) {
      const refused = refusedCopies.get(container) ?? new Map<string, string>()
      refusedCopies.set(container, refused)
      return refused
    },
    check: (verb, namespace, pod) => check(verb, 'Pod', namespace, pod),
    connection: () => connection.signal,
  })
  const runOf = ({ namespace, pod, container }: PodContainerRef): FakeContainerRow => {
    const run = kubelet.pod(namespace, pod)?.container(container)?.run
    if (run === undefined) throw new Error(`container ${container} of pod ${namespace}/${pod} was not started`)
    return run
  }

  return {
    context: async () => pinned,
    info: (signal) =>
      call(signal, () => {
        const system = store.get({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'kube-system' })
        return { ...about, uid: about.uid || String(system?.metadata['uid'] ?? '') }
      }),
    async apply(request, signal) {
      const { apiVersion, kind, metadata } = request.object
      // A kind that is on its way is waited for.
      while (store.kind(apiVersion, kind) === undefined && isDefined(store.all(), apiVersion, kind)) {
        await clock.sleep(10, signal)
      }
      return call(signal, () => {
        const namespace = namespaceOf(store.kind(apiVersion, kind), metadata.namespace)
        check('patch', kind, namespace, metadata.name)
        const applied = store.apply(request, pinned?.namespace ?? 'default')
        if (!request.dryRun) writes.push(`patch ${kind} ${namespace}/${metadata.name}`)
        return applied
      })
    },
    get: (ref, signal) =>
      call(signal, () => {
        const namespace = namespaceOf(store.kind(ref.apiVersion, ref.kind), ref.namespace)
        check('get', ref.kind, namespace, ref.name)
        return store.get({ ...ref, namespace })
      }),
    remove: (ref, how, signal) =>
      call(signal, () => {
        const namespace = namespaceOf(store.kind(ref.apiVersion, ref.kind), ref.namespace)
        check('delete', ref.kind, namespace, ref.name)
        writes.push(`delete ${ref.kind} ${namespace}/${ref.name}`)
        return store.remove({ ...ref, namespace }, how)
      }),
    kind: (apiVersion, kind, signal) =>
      call(signal, () => {
        const found = store.kind(apiVersion, kind)
        return found && { namespaced: found.namespaced }
      }),
    watch: watches.watch,
    async *list(selection, signal) {
      const found = await call(signal, () => {
        if (store.kind(selection.apiVersion, selection.kind) === undefined) {
          throw refusal(404, 'NotFound', `the cluster knows no kind "${selection.kind}" of ${selection.apiVersion}`)
        }
        check('list', selection.kind, selection.namespace ?? '', '')
        return store.all(selection.apiVersion, selection.kind).filter((object) => isSelected(object, selection))
      })
      yield* found
    },
    ...streams,
    frozenKubeconfig: () => call(undefined, () => '/fake/kubeconfig'),
    async close() {
      watches.close()
    },

    objects: (kind) => store.all(undefined, kind),
    object: store.get,
    writes: () => [...writes],
    applyAs: (manager, object) =>
      store.apply({ object, fieldManager: manager, force: true }, pinned?.namespace ?? 'default'),
    edit: store.change,
    delete: (ref) => void store.remove(ref, {}),
    image: (ref, image) => void images.set(ref, image),
    missingImage(ref, words = 'not found') {
      missing.set(ref, words)
    },
    imageIsThere(ref) {
      missing.delete(ref)
      kubelet.again()
    },
    full(words) {
      full = words
      kubelet.again()
    },
    program: (name, program) => void programs.set(name, program),
    pods: (namespace = pinned?.namespace ?? 'default') =>
      store
        .all('v1', 'Pod')
        .filter(({ metadata }) => metadata.namespace === namespace)
        .map(({ metadata }) => metadata.name),
    print: (target, text, stream = 'stdout') => runOf(target).print(text, stream),
    exit: (target, code = 0) => runOf(target).end(code, false),
    ready: (target, ready) => runOf(target).health(ready ? 'healthy' : 'unhealthy', ''),
    evict: ({ namespace, pod }, message) => kubelet.pod(namespace, pod)?.evict(message),
    filesOf(target) {
      const { tree } = runOf(target)
      const files = tree.paths().filter((path) => tree.get(path)?.kind !== 'folder')
      return Object.fromEntries(files.map((path) => [path, tree.get(path)?.text ?? '']))
    },
    refuseCopies(target, path, words) {
      const { id } = runOf(target)
      refusedCopies.set(id, (refusedCopies.get(id) ?? new Map<string, string>()).set(path, words))
    },
    restartsInPlace: (target) => runOf(target).restartsInPlace(),
    serve: (port, server) => void servers.set(port, server),
    deny(denial) {
      denials.add(denial)
      return () => void denials.delete(denial)
    },
    loseHistory: watches.loseHistory,
    goAway() {
      const message = `the Kubernetes cluster at https://127.0.0.1:6443 (context ${pinned?.name ?? ''}) does not answer: connection refused`
      connection.abort(new InfraError('kubernetes/unreachable', 'kubernetes', message, { retry: true }))
      watches.cut()
    },
    comeBack() {
      if (connection.signal.aborted) connection = new AbortController()
    },
  }
}

/** Whether a CustomResourceDefinition of a kind is there. */
function isDefined(objects: readonly KubernetesManifest[], apiVersion: string, kind: string): boolean {
  return objects.some((object) => {
    const spec = record(object['spec'])
    const { group } = spec
    return (
      object.kind === 'CustomResourceDefinition' &&
      record(spec['names'])['kind'] === kind &&
      apiVersion.startsWith(`${String(group)}/`)
    )
  })
}
