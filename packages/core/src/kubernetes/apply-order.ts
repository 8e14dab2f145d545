import type { KubernetesManifest } from '@tiltts/spec'

/** Kinds that others need, the most needed first. All others come after them. */
const first = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'MutatingWebhookConfiguration',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ConfigMap',
  'Secret',
  'Service',
  'LimitRange',
  'PriorityClass',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
]

const ranks = new Map(first.map((kind, rank) => [kind, rank]))

/** Where a kind stands: those of one rank may be applied together, lower ranks are applied before higher ones. */
export function applyRank({ kind }: Pick<KubernetesManifest, 'kind'>): number {
  return ranks.get(kind) ?? first.length
}

/** The objects in the order in which they are applied; those of one rank stay in the order of their documents. */
export function applyOrder<T extends Pick<KubernetesManifest, 'kind'>>(objects: readonly T[]): readonly T[] {
  return objects.toSorted((a, b) => applyRank(a) - applyRank(b))
}
