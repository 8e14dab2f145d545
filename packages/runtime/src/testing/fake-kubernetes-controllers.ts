import type { KubernetesManifest } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import { sha256 } from './fake-docker-tree.js'
import { reconcileJob } from './fake-kubernetes-jobs.js'
import { canonical, type Json, number, record, records, text } from './fake-kubernetes-json.js'
import { type FakeStore, refIn } from './fake-kubernetes-store.js'

/** What a controller works with. */
export interface ControllerParts {
  readonly store: FakeStore
  readonly clock: Clock
  /** So that names differ, and are the same in each run of a test. */
  readonly suffix: () => string
}

/** How long controllers take to see a change. */
const LOOK_MS = 2
const DEFINED_MS = 20

/** Deployments make ReplicaSets, those make pods; namespaces that are deleted lose what is in them. */
export function runControllers(parts: ControllerParts): void {
  const { store, clock } = parts
  let due = false
  store.listen(({ object }) => {
    if (object.kind === 'Event' || due) return
    due = true
    clock.timer(LOOK_MS, () => {
      due = false
      for (const one of store.all()) reconcile(one, parts)
    })
  })
}

function reconcile(object: KubernetesManifest, parts: ControllerParts): void {
  const { store } = parts
  const deleting = object.metadata['deletionTimestamp'] !== undefined
  if (deleting) {
    if (object.kind === 'Namespace') emptyNamespace(object, store)
    return
  }
  switch (object.kind) {
    case 'Namespace':
      if (record(object['status'])['phase'] === undefined) setStatus(store, object, { phase: 'Active' })
      break
    case 'Deployment':
      reconcileDeployment(object, parts)
      break
    case 'ReplicaSet':
      reconcileReplicaSet(object, parts)
      break
    case 'StatefulSet':
      reconcileStatefulSet(object, parts)
      break
    case 'DaemonSet':
      reconcileDaemonSet(object, parts)
      break
    case 'Job':
      reconcileJob(object, parts)
      break
    case 'CustomResourceDefinition':
      establish(object, parts)
      break
  }
}

export function setStatus(store: FakeStore, object: KubernetesManifest, status: Json): void {
  store.change(refIn(object), (now) => ({ ...now, status: { ...record(now['status']), ...status } }))
}

/** The pods, or ReplicaSets, that an object owns. */
export function ownedBy(
  store: FakeStore,
  owner: KubernetesManifest,
  apiVersion: string,
  kind: string,
): KubernetesManifest[] {
  const { uid } = owner.metadata
  return store
    .all(apiVersion, kind)
    .filter(({ metadata }) => records(metadata['ownerReferences']).some((one) => one['uid'] === uid))
}

export function ownerReference({ apiVersion, kind, metadata }: KubernetesManifest): Json {
  return { apiVersion, kind, name: metadata.name, uid: metadata['uid'], controller: true, blockOwnerDeletion: true }
}

/** A pod of a template. */
export function podOf(
  owner: KubernetesManifest,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): KubernetesManifest {
  const template = record(record(owner['spec'])['template'])
  const metadata = record(template['metadata'])
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: owner.metadata.namespace,
      labels: { ...(record(metadata['labels']) as Record<string, string>), ...labels },
      ...(metadata['annotations'] === undefined
        ? {}
        : { annotations: metadata['annotations'] as Record<string, string> }),
      ownerReferences: [ownerReference(owner)],
    },
    spec: template['spec'],
    status: { phase: 'Pending' },
  }
}

export function isReady(pod: KubernetesManifest): boolean {
  return records(record(pod['status'])['conditions']).some((one) => one['type'] === 'Ready' && one['status'] === 'True')
}

function isLive(pod: KubernetesManifest): boolean {
  const phase = record(pod['status'])['phase']
  return pod.metadata['deletionTimestamp'] === undefined && phase !== 'Failed' && phase !== 'Succeeded'
}

function templateHash(object: KubernetesManifest): string {
  return sha256(canonical(record(object['spec'])['template'])).slice(0, 10)
}

function reconcileDeployment(deployment: KubernetesManifest, { store }: ControllerParts): void {
  const spec = record(deployment['spec'])
  const replicas = number(spec['replicas'], 1)
  const hash = templateHash(deployment)
  const sets = ownedBy(store, deployment, 'apps/v1', 'ReplicaSet')
  const name = `${deployment.metadata.name}-${hash}`
  const current = sets.find(({ metadata }) => metadata.name === name)
  if (current === undefined) {
    const template = record(spec['template'])
    const metadata = record(template['metadata'])
    const labels = { ...record(metadata['labels']), 'pod-template-hash': hash } as Record<string, string>
    const revision = sets.length + 1
    store.create({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name,
        namespace: deployment.metadata.namespace,
        labels,
        annotations: { 'deployment.kubernetes.io/revision': String(revision) },
        ownerReferences: [ownerReference(deployment)],
      },
      spec: { ...spec, replicas, template: { ...template, metadata: { ...metadata, labels } } },
    })
    return
  }
  const scale = (set: KubernetesManifest, to: number): void =>
    store.change(refIn(set), (now) => ({ ...now, spec: { ...record(now['spec']), replicas: to } }))
  scale(current, replicas)
  const readyNow = ownedBy(store, current, 'v1', 'Pod').filter((pod) => isLive(pod) && isReady(pod)).length
  const old = sets.filter((set) => set !== current)
  // The old ones serve until the new ones can.
  if (readyNow >= replicas || record(spec['strategy'])['type'] === 'Recreate') for (const set of old) scale(set, 0)
  const pods = sets.flatMap((set) => ownedBy(store, set, 'v1', 'Pod')).filter(isLive)
  const updated = ownedBy(store, current, 'v1', 'Pod').filter(isLive).length
  const ready = pods.filter(isReady).length
  const done = readyNow >= replicas && pods.length === replicas
  setStatus(store, deployment, {
    observedGeneration: deployment.metadata['generation'],
    replicas: pods.length,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, replicas - ready),
    conditions: [
      { type: 'Available', status: ready >= replicas ? 'True' : 'False', reason: 'MinimumReplicasAvailable' },
      { type: 'Progressing', status: 'True', reason: done ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated' },
    ],
  })
}

function reconcileReplicaSet(set: KubernetesManifest, { store, suffix }: ControllerParts): void {
  const replicas = number(record(set['spec'])['replicas'], 1)
  const pods = ownedBy(store, set, 'v1', 'Pod')
  const live = pods.filter(isLive)
  for (let count = live.length; count < replicas; count++) store.create(podOf(set, `${set.metadata.name}-${suffix()}`))
  for (const pod of live.slice(replicas)) store.remove(refIn(pod), {})
  const ready = live.filter(isReady).length
  setStatus(store, set, {
    observedGeneration: set.metadata['generation'],
    replicas: live.length,
    readyReplicas: ready,
    availableReplicas: ready,
  })
}

function reconcileStatefulSet(set: KubernetesManifest, { store }: ControllerParts): void {
  const replicas = number(record(set['spec'])['replicas'], 1)
  const revision = `${set.metadata.name}-${templateHash(set)}`
  const label = 'controller-revision-hash'
  const pods = ownedBy(store, set, 'v1', 'Pod')
  const isCurrent = (pod: KubernetesManifest): boolean => pod.metadata.labels?.[label] === revision
  const named = (index: number): KubernetesManifest | undefined =>
    pods.find(({ metadata }) => metadata.name === `${set.metadata.name}-${index}`)
  let waits = pods.some((pod) => pod.metadata['deletionTimestamp'] !== undefined)
  for (let index = 0; index < replicas && !waits; index++) {
    const pod = named(index)
    if (pod === undefined) store.create(podOf(set, `${set.metadata.name}-${index}`, { [label]: revision }))
    else if (record(pod['status'])['phase'] === 'Failed') store.remove(refIn(pod), {})
    waits = pod === undefined || !isReady(pod)
  }
  const outdated = pods.filter((pod) => !isCurrent(pod)).sort((a, b) => (a.metadata.name < b.metadata.name ? 1 : -1))[0]
  if (outdated && !pods.some((pod) => pod.metadata['deletionTimestamp'] !== undefined)) {
    // A newer one that is not ready yet holds up the next.
    if (pods.filter(isCurrent).every(isReady)) store.remove(refIn(outdated), {})
  }
  for (const pod of pods) {
    const index = Number(pod.metadata.name.slice(set.metadata.name.length + 1))
    if (index >= replicas && isLive(pod)) store.remove(refIn(pod), {})
  }
  const live = pods.filter(isLive)
  const ready = live.filter(isReady).length
  setStatus(store, set, {
    observedGeneration: set.metadata['generation'],
    replicas: live.length,
    readyReplicas: ready,
    availableReplicas: ready,
    updatedReplicas: live.filter(isCurrent).length,
    updateRevision: revision,
    currentRevision: live.every(isCurrent) ? revision : text(record(set['status'])['currentRevision']) || revision,
  })
}

function reconcileDaemonSet(set: KubernetesManifest, { store, suffix }: ControllerParts): void {
  const label = 'controller-revision-hash'
  const revision = templateHash(set)
  const pods = ownedBy(store, set, 'v1', 'Pod')
  const live = pods.filter(isLive)
  for (const pod of live) if (pod.metadata.labels?.[label] !== revision) store.remove(refIn(pod), {})
  if (pods.every((pod) => !isLive(pod) && pod.metadata['deletionTimestamp'] === undefined)) {
    store.create(podOf(set, `${set.metadata.name}-${suffix()}`, { [label]: revision }))
  }
  const updated = live.filter((pod) => pod.metadata.labels?.[label] === revision)
  const ready = live.filter(isReady).length
  setStatus(store, set, {
    observedGeneration: set.metadata['generation'],
    desiredNumberScheduled: 1,
    currentNumberScheduled: live.length,
    updatedNumberScheduled: updated.length,
    numberReady: ready,
    numberAvailable: ready,
    numberUnavailable: 1 - Math.min(1, ready),
  })
}

function emptyNamespace(namespace: KubernetesManifest, store: FakeStore): void {
  const inside = store.all().filter((object) => object.metadata.namespace === namespace.metadata.name)
  if (inside.length === 0) store.finish(refIn(namespace))
  for (const object of inside) {
    if (object.metadata['deletionTimestamp'] === undefined) store.remove(refIn(object), {})
  }
}

function establish(definition: KubernetesManifest, { store, clock }: ControllerParts): void {
  if (records(record(definition['status'])['conditions']).length > 0) return
  setStatus(store, definition, { conditions: [{ type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' }] })
  clock.timer(DEFINED_MS, () =>
    setStatus(store, definition, {
      conditions: [
        { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' },
        { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
      ],
    }),
  )
}
