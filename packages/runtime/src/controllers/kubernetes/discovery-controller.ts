import { refOf, templateHashLabel, templateLabels } from '@tiltts/core/kubernetes'
import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import type {
  AppliedObject,
  KubernetesDiscovery,
  KubernetesManifest,
  KubernetesWatchRef,
  ObjectState,
  Pod,
} from '@tiltts/spec'
import type { FunctionRegistry } from '../../functions/registry.js'
import type { Clock } from '../../ports/clock.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { type NameController, ownSpec, watch } from '../controller.js'
import { disableMapIndex } from '../disable-index.js'
import { nameIndex } from '../name-index.js'
import { switchState } from '../switch-state.js'
import type { Tasks } from '../tasks.js'
import { clusterView } from './cluster-view.js'
import { comingUp } from './coming-up.js'
import { type DiscoveryParts, discoveryStatus, isSameStatus } from './discovery-status.js'
import { eventLog } from './event-log.js'
import { looksOf, serviceMark } from './look-around.js'
import { lookers } from './lookers.js'
import { uidOf } from './object-index.js'
import { podLines } from './pod-lines.js'
import { readyWhen } from './ready-when.js'
import { askedAbout, type WatchedKind, watchKey, watchNeeds } from './watch-kinds.js'

export interface KubernetesDiscoveryDeps {
  readonly store: ObjectStore
  readonly kubernetes: Pick<Kubernetes, 'context' | 'watch' | 'get'>
  readonly clock: Clock
  readonly logs: LogStore
  readonly tasks: Tasks
  readonly functions: FunctionRegistry
  /** Wakes the controller for a KubernetesDiscovery. */
  readonly wake: (name: string) => void
  /** Resolves when the log holds what the ended containers of a resource have said. */
  readonly lastWords: (name: string) => Promise<void>
}

/** Its names are those of resources. */
export interface KubernetesDiscoveryController extends NameController {
  /**
   * Tells at once what a resource has applied, or has found to be there unchanged: all its objects, as the server has them
   * now. From here on nothing older counts, so that nobody sees a resource ready by what it was before. To be called before
   * the end of its update is written.
   */
  applied(name: string, objects: readonly KubernetesManifest[]): void
  /** The container port that a port of a Service leads to, for a pod of it. `undefined`: it is no port of it. */
  servicePort(
    service: { readonly namespace?: string | undefined; readonly name: string },
    port: number,
    pod: Pod,
  ): number | undefined
  close(): void
}

/** Keeps the status of all KubernetesDiscoveries by one watch a kind and namespace. */
export function kubernetesDiscovery(deps: KubernetesDiscoveryDeps): KubernetesDiscoveryController {
  const { store, kubernetes, clock, logs, tasks, wake } = deps
  const since = clock.now()
  const byMap = disableMapIndex()
  /** Resources by the uids of what they applied. */
  const owners = nameIndex()
  const applied = new Map<string, { readonly from: unknown; readonly objects: readonly AppliedObject[] }>()
  const lookedFor = lookers()
  /** Resources by the uids of their pods. */
  const members = nameIndex()
  /** Resources by the kinds that their own function judges. */
  const wholeKinds = nameIndex()
  const starts = comingUp()
  /** What has been said to be forbidden: it is so for all resources alike. */
  const denied = new Set<string>()
  let namespace: string | undefined
  let closed = false

  const resourcesOf = (uid: string): ReadonlySet<string> => {
    const pod = view.pod(uid)
    const chain = pod === undefined ? view.ownersOf(uid) : pod.owners
    const found = new Set(members.of(uid))
    for (const one of [uid, ...chain.map((owner) => owner.uid)]) for (const name of owners.of(one)) found.add(name)
    return found
  }
  const wakeAll = (names: Iterable<string>): void => {
    for (const name of names) wake(name)
  }

  const view = clusterView(deps, {
    onPod({ before, after }) {
      const pod = after ?? before
      if (pod === undefined) return
      if (after !== undefined) starts.see(after)
      for (const { uid } of pod.owners) events.clear(uid)
      if (after?.phase === 'Running') events.clear(pod.uid)
      wakeAll(resourcesOf(pod.uid))
      for (const owner of pod.owners) wakeAll(owners.of(owner.uid))
      for (const one of [before, after]) if (one !== undefined) wakeAll(lookedFor.for(one))
      if (before === undefined) events.flush(new Set([pod.uid, ...pod.owners.map(({ uid }) => uid)]))
    },
    onObject: (uid) => wakeAll(owners.of(uid)),
    onService: (service) => wakeAll(lookedFor.ledTo(serviceMark(service, ''))),
    onEvent: (event) => events.take(event),
    onEventGone: (uid) => events.drop(uid),
    onGone(uid) {
      events.forget(uid)
      starts.forget(uid)
    },
    onState: wakeAll,
    keepsWhole: (kind) => wholeKinds.has(watchKey(kind)),
    isApplied: owners.has,
  })
  const shouldBeReady = (uid: string, at: number): boolean => {
    const pod = view.pod(uid)
    return pod !== undefined && starts.shouldBeReady(pod, at)
  }
  const onHindrance = (uid: string): void => wakeAll(resourcesOf(uid))
  const events = eventLog({ logs, since, resourcesOf, shouldBeReady, onHindrance })
  const judges = readyWhen({ ...deps, onJudged: wake })

  /** What is applied now; what was told by `applied` counts until the status says more. */
  const appliedOf = (name: string): readonly AppliedObject[] => {
    const watches = store.get('KubernetesDiscovery', name)?.spec.watches
    const status = watches === undefined ? (store.get('KubernetesApply', name)?.status.applied ?? []) : watches
    const present = applied.get(name)
    if (present === undefined || present.from !== status)
      setApplied(name, {
        from: status,
        objects: watches === undefined ? (status as readonly AppliedObject[]) : watched(watches),
      })
    return applied.get(name)?.objects ?? []
  }

  const setApplied = (
    name: string,
    next: { readonly from: unknown; readonly objects: readonly AppliedObject[] },
  ): void => {
    const before = owners.keysOf(name)
    applied.set(name, next)
    const now = next.objects.map(({ uid }) => uid)
    owners.set(name, now)
    for (const uid of before) {
      if (owners.has(uid)) continue
      view.release(uid)
      judges.forget(uid)
    }
    events.flush()
  }

  const need = (discovery: KubernetesDiscovery, ofContext: string): void => {
    const { name } = discovery.metadata
    const deploy = store.get('Resource', name)?.spec.kubernetes
    const all = appliedOf(name)
    // Of what a client names by its uid the kind is not known; its pods are found all the same.
    const objects = discovery.spec.watches === undefined ? all : []
    const kinds = watchNeeds({
      spec: discovery.spec,
      declared: deploy?.objects.map(refOf) ?? [],
      applied: objects,
      readyWhen: deploy?.readyWhen !== undefined,
      loadBalanced: deploy?.objects.some(isBalanced) ?? false,
      namespace: ofContext,
    })
    const judged = deploy?.readyWhen === undefined ? [] : [...kinds, ...objects]
    wholeKinds.set(
      name,
      judged.map((kind: WatchedKind) => watchKey(kind)),
    )
    const { target } = discovery.spec
    const service = target?.kind === 'service' ? serviceMark(target, ofContext) : undefined
    lookedFor.set(name, looksOf(view, discovery.spec, ofContext), service)
    view.need(name, kinds)
  }

  const judgement = (name: string): DiscoveryParts['judgement'] => {
    const fn = store.get('Resource', name)?.spec.kubernetes?.readyWhen
    if (fn === undefined) return () => undefined
    const isAsked = askedAbout(appliedOf(name))
    return (ref): Pick<ObjectState, 'state' | 'message'> | undefined => {
      if (!isAsked(ref)) return undefined
      const { uid } = ref
      const object = view.object(uid)?.whole
      if (object === undefined) return { state: 'unknown' }
      return judges.judge({ resource: name, fn, uid, object })
    }
  }

  const write = (discovery: KubernetesDiscovery, ofContext: string): void => {
    const { metadata, spec, status: before } = discovery
    const { name } = metadata
    const enabled = switchState(store, spec.disableSource) !== 'disabled'
    const parts: DiscoveryParts = {
      name,
      spec,
      applied: appliedOf(name),
      namespace: ofContext,
      hindrance: events.hindrance,
      backOff: events.backOff,
      judgement: judgement(name),
    }
    const after = discoveryStatus(view, parts, { before, enabled })
    if (isSameStatus(after, before)) return
    members.set(
      name,
      after.pods.map(({ uid }) => uid),
    )
    store.update({ by: 'kubernetes-discovery', resource: name }, (tx) =>
      tx.status('KubernetesDiscovery', name, () => after),
    )
    if (before.pods.length !== after.pods.length) events.flush()
    tell(discovery, after)
  }

  const tell = (
    { metadata: { name }, status: before }: KubernetesDiscovery,
    after: KubernetesDiscovery['status'],
  ): void => {
    const status = store.get('Resource', name)?.status
    if (status?.enabled !== 'enabled') return
    const lines = podLines(before, after, { resource: name, since, updating: status.current !== undefined })
    for (const message of after.forbidden) {
      if (denied.has(message)) continue
      denied.add(message)
      say(name, `Some of what runs in the cluster cannot be seen: ${message}`)
    }
    if (lines.length === 0) return
    tasks.run(`ends of ${name}`, async () => {
      await deps.lastWords(name)
      for (const { text } of lines) say(name, text)
    })
  }

  const say = (resource: string, text: string): void => {
    const span = `monitor:${resource}`
    logs.span({ id: span, resource, source: 'runtime' })
    logs.append(span, `${text}\n`, 'warn')
  }

  return {
    name: 'kubernetes-discovery',
    watches: [
      ownSpec('KubernetesDiscovery'),
      watch('KubernetesApply', ({ name, before, after }) =>
        before?.status.applied === after?.status.applied && before?.spec === after?.spec ? [] : [name],
      ),
      watch('Resource', ({ name, before, after }) => (before?.spec === after?.spec ? [] : [name])),
      watch('ConfigMap', ({ name }) => byMap.of(name)),
    ],
    async reconcile(name) {
      if (closed) return
      const discovery = store.get('KubernetesDiscovery', name)
      byMap.set(name, discovery?.spec.disableSource)
      if (discovery === undefined) {
        view.need(name, [])
        lookedFor.set(name, [])
        wholeKinds.set(name, [])
        members.set(name, [])
        setApplied(name, { from: undefined, objects: [] })
        applied.delete(name)
        return
      }
      namespace ??= (await kubernetes.context())?.namespace ?? 'default'
      const present = store.get('KubernetesDiscovery', name)
      if (closed || present === undefined) return
      need(present, namespace)
      write(present, namespace)
    },
    applied(name, objects) {
      for (const object of objects) view.take(object)
      const from = store.get('KubernetesApply', name)?.status.applied ?? []
      setApplied(name, { from, objects: objects.map(appliedObject) })
      const discovery = store.get('KubernetesDiscovery', name)
      if (closed || discovery === undefined || namespace === undefined) return
      need(discovery, namespace)
      write(discovery, namespace)
    },
    servicePort({ namespace: given, name }, port, pod) {
      const services = [...view.servicesIn(given ?? namespace ?? 'default')]
      const found = services.find((service) => service.name === name)?.service
      const target = found?.ports.find((one) => one.port === port)?.targetPort
      if (target === undefined || typeof target === 'number') return target
      const ports = pod.containers.flatMap((container) => container.ports)
      return ports.find((one) => one.name === target)?.port
    },
    close() {
      closed = true
      judges.close()
      view.close()
    },
  }
}

function appliedObject(object: KubernetesManifest): AppliedObject {
  const generation = object.metadata['generation']
  const hash = templateLabels(object)[templateHashLabel]
  return {
    ...refOf(object),
    uid: uidOf(object),
    ...(typeof generation === 'number' && { generation }),
    hash: '',
    podTemplateHashes: typeof hash === 'string' ? [hash] : [],
  }
}

/** What a client names by its uid, as if it had been applied. */
function watched(watches: readonly KubernetesWatchRef[]): readonly AppliedObject[] {
  return watches.flatMap(({ uid, namespace, name = '' }) =>
    uid === undefined ? [] : [{ apiVersion: '', kind: '', namespace, name, uid, hash: '', podTemplateHashes: [] }],
  )
}

function isBalanced({ kind, spec }: KubernetesManifest): boolean {
  return kind === 'Service' && (spec as { readonly type?: unknown } | undefined)?.type === 'LoadBalancer'
}
