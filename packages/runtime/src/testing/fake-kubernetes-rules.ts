import type { KubernetesManifest } from '@tiltts/spec'
import type { KubernetesCause } from '../ports/kubernetes-refusal.js'
import { type Json, record, records, same, texts } from './fake-kubernetes-json.js'

/** What may not be changed of an object that is there, as the API server says it. */
export function immutableFields(old: KubernetesManifest, next: KubernetesManifest): readonly KubernetesCause[] {
  const before = record(old['spec'])
  const after = record(next['spec'])
  const fixed = (field: string): KubernetesCause[] =>
    same(before[field], after[field])
      ? []
      : [
          {
            reason: 'FieldValueInvalid',
            field: `spec.${field}`,
            message: `Invalid value: ${JSON.stringify(after[field])}: field is immutable`,
          },
        ]
  switch (old.kind) {
    case 'Deployment':
    case 'ReplicaSet':
    case 'DaemonSet':
      return fixed('selector')
    case 'Job':
      return [...fixed('selector'), ...fixed('template'), ...fixed('completionMode')]
    case 'StatefulSet':
      return others(before, after, ['replicas', 'ordinals', 'template', 'updateStrategy', 'minReadySeconds'])
        ? [
            forbidden(
              "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
            ),
          ]
        : []
    case 'Pod':
      return same(withoutImages(before), withoutImages(after))
        ? []
        : [
            forbidden(
              'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds`',
            ),
          ]
    case 'PersistentVolumeClaim':
      return others(before, after, ['resources', 'volumeName'])
        ? [
            forbidden(
              'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
            ),
          ]
        : []
    default:
      return []
  }
}

/** What is wrong with an object as it is. */
export function invalidFields(object: KubernetesManifest): readonly KubernetesCause[] {
  const spec = record(object['spec'])
  const template = record(spec['template'])
  const pod = object.kind === 'Pod' ? spec : record(template['spec'])
  const required = (field: string): KubernetesCause => ({
    reason: 'FieldValueRequired',
    field,
    message: 'Required value',
  })
  switch (object.kind) {
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet': {
      const wanted = texts(record(spec['selector'])['matchLabels'])
      if (Object.keys(wanted).length === 0) return [required('spec.selector')]
      const labels = texts(record(template['metadata'])['labels'])
      if (!Object.entries(wanted).every(([key, value]) => labels[key] === value)) {
        const message = `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``
        return [{ reason: 'FieldValueInvalid', field: 'spec.template.metadata.labels', message }]
      }
      return records(pod['containers']).length === 0 ? [required('spec.template.spec.containers')] : []
    }
    case 'Job':
      return records(pod['containers']).length === 0 ? [required('spec.template.spec.containers')] : []
    case 'Pod':
      return records(pod['containers']).length === 0 ? [required('spec.containers')] : []
    default:
      return []
  }
}

function forbidden(words: string): KubernetesCause {
  return { reason: 'FieldValueForbidden', field: 'spec', message: `Forbidden: ${words}` }
}

/** Whether anything but these has changed. */
function others(before: Json, after: Json, free: readonly string[]): boolean {
  const rest = (spec: Json): Json => Object.fromEntries(Object.entries(spec).filter(([field]) => !free.includes(field)))
  return !same(rest(before), rest(after))
}

function withoutImages(spec: Json): Json {
  const bare = (list: unknown): readonly Json[] => records(list).map(({ image: _image, ...rest }) => rest)
  const { tolerations: _tolerations, nodeName: _node, activeDeadlineSeconds: _deadline, ...rest } = spec
  return { ...rest, containers: bare(spec['containers']), initContainers: bare(spec['initContainers']) }
}
