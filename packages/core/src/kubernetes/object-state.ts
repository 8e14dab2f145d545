import type { KubernetesManifest, ObjectState } from '@tiltts/spec'
import { type Condition, conditionOf, isTrue, numberAt, textAt } from './fields.js'
import { groupOf } from './objects.js'
import { listAt, valueAt } from './tree.js'

/** How far an object is, and what it waits for. */
export type Progress = Pick<ObjectState, 'state' | 'message'>

const ready: Progress = { state: 'ready' }
const progressing = (message: string): Progress => ({ state: 'progressing', message })
const failed = (message: string): Progress => ({ state: 'failed', message })

/**
 * Judges an object as the cluster shows it: rollouts by their replicas, jobs by their end, definitions by being
 * established, anything else by its `Ready` condition, where it has one; the rest is ready by being there.
 */
export function objectProgress(object: KubernetesManifest): Progress {
  const judge = judges[`${groupOf(object.apiVersion)}/${object.kind}`] ?? byConditions
  const progress = isBehind(object) ? progressing('its controller has not seen the change yet') : judge(object)
  const isDeleted = textAt(object, 'metadata', 'deletionTimestamp') !== ''
  // What has done its work may be tidied away.
  return isDeleted && progress.state !== 'complete' ? progressing('it is being deleted') : progress
}

/** A status that speaks of an older specification says nothing of this one. */
function isBehind(object: KubernetesManifest): boolean {
  const observed = valueAt(object, ['status', 'observedGeneration'])
  return typeof observed === 'number' && observed < numberAt(object, 'metadata', 'generation')
}

const judges: Readonly<Record<string, (object: KubernetesManifest) => Progress>> = {
  'apps/Deployment': deployment,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  'apps/ReplicaSet': (object) => replicas(numberAt(object, 'status', 'readyReplicas'), wanted(object), 'ready'),
  'batch/Job': job,
  'batch/CronJob': () => ready,
  '/Pod': pod,
  '/PersistentVolumeClaim': claim,
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
}

function wanted(object: KubernetesManifest): number {
  const count = valueAt(object, ['spec', 'replicas'])
  return typeof count === 'number' ? count : 1
}

function replicas(have: number, want: number, what: string): Progress {
  return have >= want ? ready : progressing(`${have} of ${want} replicas are ${what}`)
}

/** No status yet: the controller did not come to it. */
function unseen(object: KubernetesManifest): Progress | undefined {
  return listAt(object, ['status', 'conditions']).length === 0 &&
    valueAt(object, ['status', 'observedGeneration']) === undefined
    ? progressing('its controller has not seen it yet')
    : undefined
}

function deployment(object: KubernetesManifest): Progress {
  const progress = conditionOf(object, 'Progressing')
  if (progress?.reason === 'ProgressDeadlineExceeded') return failed(progress.message)
  const none = unseen(object)
  if (none !== undefined) return none
  const refused = conditionOf(object, 'ReplicaFailure')
  if (isTrue(refused) && refused !== undefined) return failed(refused.message)
  const want = wanted(object)
  const updated = numberAt(object, 'status', 'updatedReplicas')
  if (updated < want) return replicas(updated, want, 'updated')
  const old = numberAt(object, 'status', 'replicas') - updated
  if (old > 0) return progressing(`${old} old ${old === 1 ? 'replica is' : 'replicas are'} still there`)
  return replicas(numberAt(object, 'status', 'availableReplicas'), want, 'available')
}

function statefulSet(object: KubernetesManifest): Progress {
  const none = unseen(object)
  if (none !== undefined) return none
  const want = wanted(object)
  const start = replicas(numberAt(object, 'status', 'readyReplicas'), want, 'ready')
  if (start.state !== 'ready' || textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return start
  const toUpdate = want - numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  return replicas(numberAt(object, 'status', 'updatedReplicas'), Math.max(0, toUpdate), 'updated')
}

function daemonSet(object: KubernetesManifest): Progress {
  const none = unseen(object)
  if (none !== undefined) return none
  const want = numberAt(object, 'status', 'desiredNumberScheduled')
  const byHand = textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete'
  const updated = byHand ? ready : replicas(numberAt(object, 'status', 'updatedNumberScheduled'), want, 'updated')
  return updated.state === 'ready'
    ? replicas(numberAt(object, 'status', 'numberAvailable'), want, 'available')
    : updated
}

function job(object: KubernetesManifest): Progress {
  if (isTrue(conditionOf(object, 'Complete'))) return { state: 'complete' }
  const failure = conditionOf(object, 'Failed')
  if (failure !== undefined && isTrue(failure)) return failed(reasonText(failure))
  if (valueAt(object, ['spec', 'suspend']) === true) return progressing('it is suspended')
  const want = valueAt(object, ['spec', 'completions'])
  const done = numberAt(object, 'status', 'succeeded')
  return progressing(typeof want === 'number' && want > 1 ? `${done} of ${want} completions` : 'it runs')
}

function pod(object: KubernetesManifest): Progress {
  switch (textAt(object, 'status', 'phase')) {
    case 'Succeeded':
      return { state: 'complete' }
    case 'Failed':
      return failed(textAt(object, 'status', 'message') || textAt(object, 'status', 'reason') || 'it failed')
    case 'Running':
      return isTrue(conditionOf(object, 'Ready')) ? ready : progressing('its containers are not ready')
    default:
      return progressing('it is starting')
  }
}

/** One that waits for its first pod is as ready as it can be. */
function claim(object: KubernetesManifest): Progress {
  return textAt(object, 'status', 'phase') === 'Lost' ? failed('its volume is lost') : ready
}

function definition(object: KubernetesManifest): Progress {
  const names = conditionOf(object, 'NamesAccepted')
  if (names?.status === 'False') return failed(names.message)
  return isTrue(conditionOf(object, 'Established')) ? ready : progressing('it is not established yet')
}

function byConditions(object: KubernetesManifest): Progress {
  const stalled = conditionOf(object, 'Stalled')
  if (stalled !== undefined && isTrue(stalled)) return failed(reasonText(stalled))
  const condition = conditionOf(object, 'Ready')
  if (condition === undefined || isTrue(condition)) return ready
  return progressing(reasonText(condition) || 'it is not ready')
}

function reasonText({ reason, message }: Condition): string {
  return [reason, message].filter((part) => part !== '').join(': ')
}
