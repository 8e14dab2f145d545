import { type AppliedObject, fromApiTime, type Pod, type UIKubernetes } from '@tiltts/spec'
import { podErrors } from '../kubernetes/pod-errors.js'
import type { ResourceView } from './resource-view.js'

/** What runs in the cluster for a row: its newest pod that is not going away, and the names of what is deployed. */
export function kubernetesInfo({ resource, discovery, apply, updates }: ResourceView): UIKubernetes | undefined {
  const { kubernetes } = resource.spec
  if (kubernetes === undefined) return undefined
  const pods = discovery?.status.pods ?? []
  const pod = pods.find(({ deleting }) => !deleting) ?? pods[0]
  const displayNames = displayNamesOf(apply?.status.applied ?? [])
  if (pod === undefined) return { displayNames }
  const errors = podErrors(pod)
  const began = updates
    .map(({ status }) => status.startTime)
    .filter((time) => time !== undefined && fromApiTime(time) <= fromApiTime(pod.createdAt) + 1_000)
    .toSorted()
    .at(-1)
  return {
    podName: pod.name,
    podCreationTime: pod.createdAt,
    ...(began !== undefined && { podUpdateStartTime: began }),
    podStatus: pod.status,
    ...(errors.length > 0 && { podStatusMessage: errors.join('\n') }),
    allContainersReady: areAllReady(pod),
    podRestarts: Math.max(0, ...pod.containers.map(({ restarts }) => restarts)),
    spanID: podSpan(resource.metadata.name, pod.name),
    displayNames,
  }
}

function areAllReady({ containers, phase }: Pod): boolean {
  const running = containers.filter(({ init, sidecar }) => !init || sidecar)
  return phase === 'Succeeded' || (running.length > 0 && running.every(({ ready }) => ready))
}

/** The log of a pod. */
export function podSpan(resource: string, pod: string): string {
  return `pod:${resource}:${pod}`
}

/** Names as short as they tell objects apart: `api:deployment`, with the namespace where two would be the same. */
function displayNamesOf(applied: readonly AppliedObject[]): readonly string[] {
  const short = ({ name, kind }: AppliedObject): string => `${name}:${kind.toLowerCase()}`
  const counts = new Map<string, number>()
  for (const object of applied) counts.set(short(object), (counts.get(short(object)) ?? 0) + 1)
  return applied.map((object) =>
    (counts.get(short(object)) ?? 0) > 1 ? `${short(object)}:${object.namespace}` : short(object),
  )
}
