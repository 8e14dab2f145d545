import { groupOf } from '@tiltts/core/kubernetes'
import type { KubernetesDiscovery, KubernetesRef } from '@tiltts/spec'
import type { WatchSelection } from '../../ports/kubernetes.js'

/** All objects of a kind in one namespace; '' for kinds whose objects have none. */
export interface WatchedKind {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
}

/** Kinds of Kubernetes' own that have to come to something after they were applied. */
const judged = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'batch/Job',
  '/PersistentVolumeClaim',
  'apiextensions.k8s.io/CustomResourceDefinition',
])

const ownGroups =
  /^(|apps|batch|autoscaling|policy|(networking|rbac\.authorization|storage|scheduling|admissionregistration|apiextensions|apiregistration|certificates|coordination|discovery|events|node|resource|authentication|authorization|internal\.apiserver|flowcontrol\.apiserver)\.k8s\.io)$/

/** Whether a kind is one of Kubernetes' own, there in every cluster. */
export function isBuiltIn({ apiVersion }: Pick<KubernetesRef, 'apiVersion'>): boolean {
  return ownGroups.test(groupOf(apiVersion))
}

/** Whether objects of a kind are ready as soon as they are there. */
export function isReadyByBeing(ref: Pick<KubernetesRef, 'apiVersion' | 'kind'>): boolean {
  return isBuiltIn(ref) && !judged.has(`${groupOf(ref.apiVersion)}/${ref.kind}`) && !isPod(ref)
}

function isPod({ apiVersion, kind }: Pick<KubernetesRef, 'apiVersion' | 'kind'>): boolean {
  return kind === 'Pod' && groupOf(apiVersion) === ''
}

/**
 * Which objects of a resource its `readyWhen` is asked about: those that come to something. What is ready by being there, a
 * Service beside them, says nothing of them; it is asked about where there is nothing else.
 */
export function askedAbout(objects: readonly KubernetesRef[]): (ref: KubernetesRef) => boolean {
  return objects.every(isReadyByBeing) ? () => true : (ref) => !isReadyByBeing(ref)
}

export interface WatchNeeds {
  readonly spec: KubernetesDiscovery['spec']
  /** What it is going to apply. */
  readonly declared: readonly KubernetesRef[]
  /** What it has applied, with the namespaces of the cluster. */
  readonly applied: readonly KubernetesRef[]
  /** The user judges objects. */
  readonly readyWhen: boolean
  /** Among them is a Service of the type LoadBalancer. */
  readonly loadBalanced: boolean
  /** Namespace of the context. */
  readonly namespace: string
}

/** What has to be watched for a resource. */
export function watchNeeds(needs: WatchNeeds): readonly WatchedKind[] {
  const { spec, declared, applied, namespace } = needs
  const found = new Map<string, WatchedKind>()
  const add = (kind: WatchedKind): void => void found.set(watchKey(kind), kind)
  const namespaces = new Set<string>(spec.namespaces.map((one) => one || namespace))
  for (const ref of applied) if (ref.namespace !== '') namespaces.add(ref.namespace)
  if (spec.target !== undefined) namespaces.add(spec.target.namespace ?? namespace)
  for (const one of namespaces) {
    add({ apiVersion: 'v1', kind: 'Pod', namespace: one })
    add({ apiVersion: 'v1', kind: 'Event', namespace: one })
  }
  const asked = needs.readyWhen ? askedAbout([...declared, ...applied]) : () => false
  const isWatched = (ref: KubernetesRef): boolean => {
    if (isPod(ref)) return false
    if (ref.kind === 'Service' && ref.apiVersion === 'v1' && needs.loadBalanced) return true
    return asked(ref) || !isReadyByBeing(ref)
  }
  const clusterScoped = (ref: KubernetesRef): boolean => ref.kind === 'CustomResourceDefinition'
  for (const ref of declared) {
    // Kinds that are yet to be defined cannot be watched yet.
    if (!isBuiltIn(ref) || !isWatched(ref)) continue
    add({ ...kindOf(ref), namespace: clusterScoped(ref) ? '' : ref.namespace || namespace })
  }
  for (const ref of applied) if (isWatched(ref)) add({ ...kindOf(ref), namespace: ref.namespace })
  const hasDeployment = [...found.values()].filter(({ kind }) => kind === 'Deployment')
  for (const { namespace: one } of hasDeployment) add({ apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: one })
  if (spec.target !== undefined) {
    const one = spec.target.namespace ?? namespace
    if (spec.target.kind === 'service') add({ apiVersion: 'v1', kind: 'Service', namespace: one })
    if (spec.target.kind === 'deployment') add({ apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: one })
  }
  return [...found.values()]
}

function kindOf({ apiVersion, kind }: KubernetesRef): Pick<WatchedKind, 'apiVersion' | 'kind'> {
  return { apiVersion, kind }
}

export function watchKey({ apiVersion, kind, namespace }: WatchedKind): string {
  return `${apiVersion}/${kind}/${namespace}`
}

export function selectionOf({ apiVersion, kind, namespace }: WatchedKind): WatchSelection {
  return { apiVersion, kind, ...(namespace !== '' && { namespace }) }
}
