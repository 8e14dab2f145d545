import type { KubernetesDiscoveryStatus, ObjectState, Pod } from '@tiltts/spec'
import { podView, startOf } from './pod-view.js'
import type { ResourceView } from './resource-view.js'
import type { RuntimeView } from './what-runs.js'
import { worstOf } from './worst-of.js'

/** Kinds that say themselves how far their pods are; of others only the pods do. */
const rollouts = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Pod'])

/**
 * What runs in the cluster for a resource. A rollout is as far as its own status says, and one that is not through is
 * explained by its pods; where nothing rolls out, the newest pod that is not going away speaks.
 */
export function podsView({ resource, discovery }: Pick<ResourceView, 'resource' | 'discovery'>): RuntimeView {
  const { status, spec } = resource
  const updating = status.current !== undefined
  if (!status.succeededOnce) return updating ? { is: 'starting' } : { is: 'idle' }
  if (discovery?.status.known !== true || spec.kubernetes === undefined) return { is: 'unknown' }
  const view = viewOf(discovery.status, spec.kubernetes)
  // What stands still during an update is about to be replaced.
  return updating && (view.is === 'ended' || view.is === 'gone') ? { is: 'starting' } : view
}

function viewOf(
  { objects, pods }: KubernetesDiscoveryStatus,
  { podReadiness, readyWhen }: { readonly podReadiness: string; readonly readyWhen?: unknown },
): RuntimeView {
  const gone = objects.find(({ state }) => state === 'gone')
  if (gone !== undefined) return { is: 'gone' }
  const judged = objects.filter(
    ({ kind, state }) => rollouts.has(kind) || (readyWhen !== undefined && state !== 'ready'),
  )
  if (judged.length > 0) return worstOf(judged.map((object) => objectView(object, pods)))
  if (readyWhen !== undefined) return { is: 'running', startedAt: undefined, ready: true }
  const [newest] = pods.filter(({ deleting }) => !deleting)
  if (newest === undefined) return { is: 'starting', why: 'no pod yet' }
  const view = podView(newest)
  const mustEnd = podReadiness === 'succeeded' && view.is === 'running'
  return mustEnd ? { ...view, ready: false, why: view.why ?? 'it runs' } : view
}

/** The Jobs of a resource, or the pod that it waits for to succeed; `undefined`: nothing of it ends by itself. */
export function endingView({
  resource,
  discovery,
}: Pick<ResourceView, 'resource' | 'discovery'>): RuntimeView | undefined {
  const { kubernetes } = resource.spec
  if (kubernetes === undefined) return undefined
  const isJob = ({ kind }: { readonly kind: string }): boolean => kind === 'Job'
  const mustSucceed = kubernetes.podReadiness === 'succeeded'
  if (!mustSucceed && !(discovery?.status.objects ?? kubernetes.objects).some(isJob)) return undefined
  if (discovery?.status.known !== true) return { is: 'unknown' }
  const { objects, pods } = discovery.status
  if (objects.some(({ state }) => state === 'gone')) return { is: 'gone' }
  const jobs = objects.filter(isJob)
  return jobs.length > 0 ? worstOf(jobs.map((job) => objectView(job, pods))) : viewOf(discovery.status, kubernetes)
}

function objectView(object: ObjectState, pods: readonly Pod[]): RuntimeView {
  const own = pods.filter(({ uid, owners }) => uid === object.uid || owners.some((owner) => owner.uid === object.uid))
  const alive = own.filter(({ deleting, phase }) => !deleting && phase !== 'Failed')
  // Together they have run since the last of them has.
  const startedAt = alive.map(startOf).toSorted().at(-1)
  const what = `${object.kind} ${object.name}`
  switch (object.state) {
    case 'ready': {
      // Who runs the rollout may not have heard yet what a pod says.
      const told = worstOf(alive.map(podView))
      if (told.is === 'ended') return { is: 'running', startedAt, ready: false, why: told.text }
      return { is: 'running', startedAt, ready: true }
    }
    case 'complete':
      return { is: 'done', startedAt: own.at(-1)?.createdAt, finishedAt: undefined }
    case 'failed': {
      const told = worstOf(own.map(podView))
      const why = told.is === 'ended' ? told.text : object.message
      const text = why === undefined ? `${what} failed` : `${what} failed: ${why}`
      return { is: 'ended', startedAt, finishedAt: undefined, text, sentence: text, restarts: false, failures: 0 }
    }
    default: {
      const told = worstOf(alive.map(podView))
      if (told.is === 'ended' || told.is === 'starting') return explained(told, object)
      return { is: 'running', startedAt, ready: false, why: (told.is === 'running' && told.why) || object.message }
    }
  }
}

/** A Job starts failed pods anew as long as it has tries left; what cannot come up at all does not count as one. */
function explained(view: RuntimeView, { kind, message }: ObjectState): RuntimeView {
  if (view.is === 'starting') return { ...view, why: view.why ?? message }
  if (view.is !== 'ended' || kind !== 'Job' || view.failures >= 5) return view
  return { ...view, failures: 0 }
}
