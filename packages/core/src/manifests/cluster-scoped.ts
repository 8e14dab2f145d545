import type { KubernetesManifest } from '@tiltts/spec'
import { isRecord, valueAt } from '../kubernetes/tree.js'

/** Built-in kinds whose objects are in no namespace, by `group/Kind`. */
const kinds = new Set([
  '/ComponentStatus',
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'certificates.k8s.io/CertificateSigningRequest',
  'certificates.k8s.io/ClusterTrustBundle',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/IPAddress',
  'networking.k8s.io/ServiceCIDR',
  'node.k8s.io/RuntimeClass',
  'policy/PodSecurityPolicy',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/ResourceSlice',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
  'storage.k8s.io/VolumeAttributesClass',
])

/**
 * Tells whether objects are in no namespace, as far as that can be known without asking the cluster: built-in kinds, and
 * those that a definition among the given objects says it of.
 */
export function clusterScopedAmong(
  objects: readonly KubernetesManifest[],
): (object: Pick<KubernetesManifest, 'apiVersion' | 'kind'>) => boolean {
  const defined = new Set(
    objects
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .filter((object) => valueAt(object, ['spec', 'scope']) === 'Cluster')
      .map((object) => `${valueAt(object, ['spec', 'group'])}/${valueAt(object, ['spec', 'names', 'kind'])}`),
  )
  return ({ apiVersion, kind }) => {
    const key = `${apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''}/${kind}`
    return kinds.has(key) || defined.has(key)
  }
}

/** Puts a namespace into those objects that name none and can be in one. */
export function withNamespace(
  objects: readonly KubernetesManifest[],
  namespace: string,
): readonly KubernetesManifest[] {
  const isClusterScoped = clusterScopedAmong(objects)
  return objects.map((object) =>
    object.metadata.namespace || isClusterScoped(object)
      ? object
      : { ...object, metadata: { ...object.metadata, namespace } },
  )
}

/**
 * Puts all objects that can be in a namespace into one, whatever they named, with the service accounts that bindings of
 * roles among them mean.
 */
export function inNamespace(objects: readonly KubernetesManifest[], namespace: string): readonly KubernetesManifest[] {
  const isClusterScoped = clusterScopedAmong(objects)
  return objects.map((object) => {
    const bound = withSubjectsIn(object, namespace)
    return isClusterScoped(object) ? bound : { ...bound, metadata: { ...bound.metadata, namespace } }
  })
}

function withSubjectsIn(object: KubernetesManifest, namespace: string): KubernetesManifest {
  const subjects = object['subjects']
  if (!['RoleBinding', 'ClusterRoleBinding'].includes(object.kind) || !Array.isArray(subjects)) return object
  return {
    ...object,
    subjects: subjects.map((subject: unknown) =>
      isRecord(subject) && subject['kind'] === 'ServiceAccount' ? { ...subject, namespace } : subject,
    ),
  }
}
