import type { ForwardTarget, KubernetesDiscoverySpec, Pod } from '@tiltts/spec'
import type { ClusterView } from './cluster-view.js'

/** Pods that a resource finds by what they say of themselves, whoever made them. */
export interface PodLook {
  /** Each pod that is meant has it among its marks. */
  readonly mark: string
  readonly isMeant: (pod: Pod) => boolean
}

/** Whether a resource finds pods by their labels, or by the name of what it leads to. */
export function looksAround({ extraSelectors, target }: KubernetesDiscoverySpec): boolean {
  return extraSelectors.length > 0 || target !== undefined
}

/**
 * What a resource looks for. What leads to a Service looks for nothing until that is known.
 *
 * @param ofContext the namespace of a target that names none
 */
export function looksOf(
  view: Pick<ClusterView, 'servicesIn'>,
  { extraSelectors, target }: KubernetesDiscoverySpec,
  ofContext: string,
): readonly PodLook[] {
  if (target === undefined) return extraSelectors.flatMap((selector) => byLabels(selector))
  const namespace = target.namespace ?? ofContext
  const { kind, name } = target
  if (kind === 'service') {
    const service = [...view.servicesIn(namespace)].find((one) => one.name === name)?.service
    return byLabels(service?.selector ?? {}, namespace)
  }
  const mark = markOf(kind, namespace, name)
  return [{ mark, isMeant: (pod) => marksOf(pod).includes(mark) }]
}

/** By what a pod is found: each of its labels, its name, and what made it. */
export function marksOf({ namespace, name, labels, owners }: Pod): readonly string[] {
  return [
    markOf('pod', namespace, name),
    ...owners.map((owner) => markOf(owner.kind.toLowerCase(), namespace, owner.name)),
    ...Object.entries(labels).map(([key, value]) => labelMark(key, value)),
  ]
}

/** What tells who is concerned by a Service. */
export function serviceMark(target: Pick<ForwardTarget, 'name' | 'namespace'>, ofContext: string): string {
  return markOf('service', target.namespace ?? ofContext, target.name)
}

function byLabels(selector: Readonly<Record<string, string>>, namespace?: string): readonly PodLook[] {
  const wanted = Object.entries(selector)
  const [first] = wanted
  if (first === undefined) return []
  const isMeant = (pod: Pod): boolean =>
    (namespace === undefined || pod.namespace === namespace) &&
    wanted.every(([key, value]) => pod.labels[key] === value)
  return [{ mark: labelMark(...first), isMeant }]
}

function markOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`
}

function labelMark(key: string, value: string): string {
  return `label:${key}=${value}`
}
