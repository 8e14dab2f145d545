import type { KubernetesManifest, KubernetesRef, Pod, PodCondition } from '@tiltts/spec'
import { conditionOf, isTrue, textAt } from './fields.js'
import { podContainers } from './pod-containers.js'
import { podStatus } from './pod-status.js'
import { isRecord, valueAt } from './tree.js'

/**
 * What a resource shows of a pod.
 *
 * @param owners nearest first, as far as they could be found out
 */
export function podOf(object: KubernetesManifest, owners: Pod['owners']): Pod {
  const containers = podContainers(object)
  const [node, ip] = [textAt(object, 'spec', 'nodeName'), textAt(object, 'status', 'podIP')]
  const problem = schedulingProblem(object)
  return {
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? '',
    uid: textAt(object, 'metadata', 'uid'),
    createdAt: textAt(object, 'metadata', 'creationTimestamp'),
    deleting: textAt(object, 'metadata', 'deletionTimestamp') !== '',
    phase: phaseOf(textAt(object, 'status', 'phase')),
    status: podStatus(object, containers),
    ready: isTrue(conditionOf(object, 'Ready')),
    owners,
    labels: object.metadata.labels ?? {},
    ...(node !== '' && { node }),
    ...(ip !== '' && { ip }),
    containers,
    conditions: conditionsOf(object),
    ...(problem !== undefined && { problem }),
  }
}

/** The controller of an object, the one that makes it anew. */
export function controllerOf(
  object: Pick<KubernetesManifest, 'metadata'>,
): (Omit<KubernetesRef, 'namespace'> & { readonly uid: string }) | undefined {
  const owners = object.metadata['ownerReferences']
  if (!Array.isArray(owners)) return undefined
  const records = owners.filter(isRecord)
  const owner = records.find((each) => each['controller'] === true) ?? records[0]
  if (owner === undefined) return undefined
  const { apiVersion, kind, name, uid } = owner
  return { apiVersion: String(apiVersion), kind: String(kind), name: String(name), uid: String(uid) }
}

function phaseOf(phase: string): Pod['phase'] {
  switch (phase) {
    case 'Running':
    case 'Succeeded':
    case 'Failed':
    case 'Unknown':
      return phase
    default:
      return 'Pending'
  }
}

/** Without those that it has not, and without texts that say nothing. */
function conditionsOf(object: KubernetesManifest): readonly PodCondition[] {
  const all = valueAt(object, ['status', 'conditions'])
  return (Array.isArray(all) ? all : []).filter(isRecord).map((condition): PodCondition => {
    const { type, status, lastTransitionTime, reason, message } = condition
    return {
      type: String(type),
      status: String(status),
      ...(typeof lastTransitionTime === 'string' && { lastTransitionTime }),
      ...(typeof reason === 'string' && { reason }),
      ...(typeof message === 'string' && { message }),
    }
  })
}

function schedulingProblem(object: KubernetesManifest): Pod['problem'] {
  const scheduled = conditionOf(object, 'PodScheduled')
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined
  return { reason: scheduled.reason, message: scheduled.message }
}
