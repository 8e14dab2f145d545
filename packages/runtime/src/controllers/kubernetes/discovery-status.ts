import { newestFirst, podsOfResource } from '@tiltts/core/kubernetes'
import {
  type AppliedObject,
  fromApiTime,
  type KubernetesDiscoverySpec,
  type KubernetesDiscoveryStatus,
  type Millis,
  type ObjectState,
  type Pod,
  type PodContainer,
} from '@tiltts/spec'
import type { ClusterView } from './cluster-view.js'
import { looksAround, looksOf } from './look-around.js'
import { isReadyByBeing } from './watch-kinds.js'

/** What stands in the way of an object or a pod, by its uid. */
export type Hindrances = (uid: string) => { readonly reason: string; readonly message: string } | undefined

/** The user's own judgement of an object; `undefined`: there is none. */
export type Judgement = (object: AppliedObject) => Pick<ObjectState, 'state' | 'message'> | undefined

export interface DiscoveryParts {
  readonly name: string
  readonly spec: KubernetesDiscoverySpec
  readonly applied: readonly AppliedObject[]
  /** Of the context. */
  readonly namespace: string
  readonly hindrance: Hindrances
  /** When it was last said that a container of a pod is not started again for now. */
  readonly backOff: (pod: string, container: string) => Millis | undefined
  readonly judgement: Judgement
}

/** The pods that belong to a resource now, whether they are there or not. */
export function podsNow(view: ClusterView, parts: DiscoveryParts): readonly Pod[] {
  const { spec, applied } = parts
  const found = new Map<string, Pod>()
  for (const { uid } of applied) for (const pod of view.podsMadeBy(uid)) found.set(pod.uid, pod)
  if (looksAround(spec)) {
    for (const pod of view.podsIn(namespacesOf(parts))) found.set(pod.uid, pod)
  }
  const candidates = [...found.values()]
  const looks = spec.target === undefined ? [] : looksOf(view, spec, parts.namespace)
  const pods =
    spec.target === undefined
      ? podsOfResource(candidates, applied, spec)
      : candidates.filter((pod) => looks.some(({ isMeant }) => isMeant(pod))).toSorted(newestFirst)
  return pods.map((pod) => withBackOff(withProblem(pod, parts.hindrance), parts.backOff))
}

function namespacesOf({ spec, applied, namespace }: DiscoveryParts): ReadonlySet<string> {
  const all = new Set(spec.namespaces.map((one) => one || namespace))
  for (const ref of applied) if (ref.namespace !== '') all.add(ref.namespace)
  if (spec.target !== undefined) all.add(spec.target.namespace ?? namespace)
  return all
}

/** A pod whose containers are not started again for now, as its own status will say some ten seconds later. */
function withBackOff(pod: Pod, backOff: DiscoveryParts['backOff']): Pod {
  const isPutOff = ({ name, terminated }: PodContainer): boolean => {
    if (terminated === undefined || terminated.exitCode === 0 || terminated.finishedAt === undefined) return false
    return (backOff(pod.uid, name) ?? 0) >= fromApiTime(terminated.finishedAt)
  }
  const isOver = pod.phase === 'Succeeded' || pod.phase === 'Failed'
  const putOff = isOver ? undefined : pod.containers.find(isPutOff)
  if (putOff === undefined) return pod
  const containers = pod.containers.map((container): PodContainer => {
    if (!isPutOff(container)) return container
    const { terminated, ...rest } = container
    return { ...rest, state: 'waiting', waiting: { reason: 'CrashLoopBackOff' }, lastEnd: terminated }
  })
  return { ...pod, status: `${putOff.init ? 'Init:' : ''}CrashLoopBackOff`, containers }
}

function withProblem(pod: Pod, hindrance: Hindrances): Pod {
  if (pod.phase !== 'Pending' || pod.problem !== undefined) return pod
  const problem = hindrance(pod.uid)
  return problem === undefined ? pod : { ...pod, problem }
}

/** How far the objects are that were applied. */
export function objectStates(view: ClusterView, parts: DiscoveryParts): readonly ObjectState[] {
  return parts.applied.map((ref): ObjectState => {
    const { apiVersion, kind, namespace, name, uid } = ref
    const object = { apiVersion, kind, namespace, name, uid }
    const seen = view.object(uid)
    // A Job that has done its work and was tidied away has done its work all the same.
    if (seen?.gone === true && seen.progress.state !== 'complete') return { ...object, state: 'gone' }
    const own = parts.judgement(ref)
    if (seen === undefined) return { ...object, ...(own ?? { state: isReadyByBeing(ref) ? 'ready' : 'unknown' }) }
    const { progress } = seen
    if (progress.state === 'failed') return { ...object, ...progress }
    if (own !== undefined) return { ...object, ...own }
    const hindrance = progress.state === 'progressing' ? parts.hindrance(uid) : undefined
    if (hindrance === undefined) return { ...object, ...progress }
    return { ...object, state: 'progressing', message: `${hindrance.reason}: ${hindrance.message}` }
  })
}

export interface DiscoveredBefore {
  readonly before: KubernetesDiscoveryStatus
  readonly enabled: boolean
}

/** The status by what is there now. */
export function discoveryStatus(
  view: ClusterView,
  parts: DiscoveryParts,
  { before, enabled }: DiscoveredBefore,
): KubernetesDiscoveryStatus {
  const known = view.isKnown(parts.name)
  const now = enabled ? podsNow(view, parts) : []
  // What has ended and was tidied away has done its work all the same.
  const pods = enabled && now.length === 0 ? endedOnes(before.pods, view, parts) : now
  const objects = enabled && parts.spec.watches === undefined ? objectStates(view, parts) : []
  const started = pods.some(hasStarted)
  const completed = pods.some(({ phase }) => phase === 'Succeeded') || objects.some(({ state }) => state === 'complete')
  return {
    known,
    pods,
    objects,
    urls: parts.applied.flatMap(({ uid }) => view.object(uid)?.service?.urls ?? []),
    forbidden: [...new Set([...view.forbidden(parts.name), ...ownersHidden(view, parts)])],
    startedOnce: enabled && (before.startedOnce || started || completed),
    completedOnce: enabled && (before.completedOnce || completed),
  }
}

function endedOnes(before: readonly Pod[], view: ClusterView, { applied, spec }: DiscoveryParts): readonly Pod[] {
  const ended = before.filter(({ phase }) => phase === 'Succeeded' || phase === 'Failed')
  const left = ended.filter(({ uid }) => view.pod(uid) === undefined)
  return spec.target === undefined ? podsOfResource(left, applied, spec) : []
}

function hasStarted({ phase, containers }: Pod): boolean {
  return phase === 'Succeeded' || containers.some(({ init, startedAt, lastEnd }) => !init && (startedAt ?? lastEnd))
}

/** Only where objects of others may make pods does it matter who owns what. */
function ownersHidden(view: ClusterView, { applied }: DiscoveryParts): readonly string[] {
  const made = applied.filter(
    (ref) => ref.kind !== '' && !isReadyByBeing(ref) && !/^(apps|batch)\//.test(ref.apiVersion),
  )
  return [...new Set(made.map(({ namespace }) => namespace))].flatMap((namespace) => view.hiddenOwners(namespace))
}

/** Whether two say the same. A pod that was not told of anew is the same object in both. */
export function isSameStatus(a: KubernetesDiscoveryStatus, b: KubernetesDiscoveryStatus): boolean {
  const { pods: podsOfA, ...restOfA } = a
  const { pods: podsOfB, ...restOfB } = b
  return (
    podsOfA.length === podsOfB.length &&
    podsOfA.every((pod, index) => pod === podsOfB[index] || isSame(pod, podsOfB[index])) &&
    isSame(restOfA, restOfB)
  )
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
