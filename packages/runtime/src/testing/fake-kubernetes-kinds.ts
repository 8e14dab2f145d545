import type { KubernetesManifest } from '@tiltts/spec'
import { record, records, text } from './fake-kubernetes-json.js'

export interface FakeKind {
  readonly namespaced: boolean
  /** As URLs name it: `deployments`. */
  readonly resource: string
  /** Whether its objects count generations. */
  readonly counted: boolean
}

const kind = (resource: string, namespaced = true, counted = false): FakeKind => ({ resource, namespaced, counted })

export const builtinKinds: ReadonlyMap<string, FakeKind> = new Map([
  ['v1/Namespace', kind('namespaces', false)],
  ['v1/Node', kind('nodes', false)],
  ['v1/PersistentVolume', kind('persistentvolumes', false)],
  ['v1/PersistentVolumeClaim', kind('persistentvolumeclaims')],
  ['v1/ConfigMap', kind('configmaps')],
  ['v1/Secret', kind('secrets')],
  ['v1/Service', kind('services')],
  ['v1/ServiceAccount', kind('serviceaccounts')],
  ['v1/ResourceQuota', kind('resourcequotas')],
  ['v1/LimitRange', kind('limitranges')],
  ['v1/Event', kind('events')],
  ['v1/Pod', kind('pods', true, true)],
  ['apps/v1/Deployment', kind('deployments', true, true)],
  ['apps/v1/ReplicaSet', kind('replicasets', true, true)],
  ['apps/v1/StatefulSet', kind('statefulsets', true, true)],
  ['apps/v1/DaemonSet', kind('daemonsets', true, true)],
  ['batch/v1/Job', kind('jobs', true, true)],
  ['batch/v1/CronJob', kind('cronjobs', true, true)],
  ['networking.k8s.io/v1/Ingress', kind('ingresses', true, true)],
  ['policy/v1/PodDisruptionBudget', kind('poddisruptionbudgets', true, true)],
  ['rbac.authorization.k8s.io/v1/Role', kind('roles')],
  ['rbac.authorization.k8s.io/v1/RoleBinding', kind('rolebindings')],
  ['rbac.authorization.k8s.io/v1/ClusterRole', kind('clusterroles', false)],
  ['rbac.authorization.k8s.io/v1/ClusterRoleBinding', kind('clusterrolebindings', false)],
  ['storage.k8s.io/v1/StorageClass', kind('storageclasses', false)],
  ['scheduling.k8s.io/v1/PriorityClass', kind('priorityclasses', false)],
  ['apiextensions.k8s.io/v1/CustomResourceDefinition', kind('customresourcedefinitions', false, true)],
])

/** The kinds that a CustomResourceDefinition defines. */
export function definedKinds(definition: KubernetesManifest): ReadonlyMap<string, FakeKind> {
  const spec = record(definition['spec'])
  const names = record(spec['names'])
  const namespaced = spec['scope'] !== 'Cluster'
  return new Map(
    records(spec['versions']).map((version) => [
      `${text(spec['group'])}/${text(version['name'])}/${text(names['kind'])}`,
      kind(text(names['plural']), namespaced, true),
    ]),
  )
}

/** The objects that cannot be there without a cluster. */
export function clusterObjects(arch: string, runtime: string): readonly KubernetesManifest[] {
  const namespace = (name: string): KubernetesManifest => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const node: KubernetesManifest = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'fake-node', labels: { 'kubernetes.io/arch': arch } },
    status: { nodeInfo: { architecture: arch, containerRuntimeVersion: `${runtime}://1.7.0` } },
  }
  return [namespace('default'), namespace('kube-system'), node]
}
