import { podOf } from '@tiltts/core/kubernetes'
import type { Millis } from '@tiltts/spec'
import type { LiveContainer } from '../../executors/live-update/live-container.js'
import type { Clock } from '../../ports/clock.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { worldsNo } from '../tasks.js'
import { containerKey, containerOfKey, isStaying } from './live-pods.js'

export interface DoubtedPodsDeps {
  readonly kubernetes: Pick<Kubernetes, 'get'>
  readonly clock: Clock
  /** The containers as far as the watches have told. */
  readonly known: () => readonly LiveContainer[]
}

/** So long an update waits for the pod in the place of one that went away under it. */
const patienceMs: Millis = 10_000
const lookMs: Millis = 50

/**
 * The containers of a resource after some of them did not take what they were sent. A pod that goes away may be known to the
 * cluster as gone before any watch tells: so the cluster itself is asked. Where none is left that runs, the next one is
 * waited for a while, since it comes by itself.
 */
export async function withoutGone(
  deps: DoubtedPodsDeps,
  doubted: readonly LiveContainer[],
  signal: AbortSignal,
): Promise<readonly LiveContainer[]> {
  const lost = new Set<string>()
  for (const { id } of doubted) if (!(await isThere(deps, id, signal))) lost.add(id)
  const left = (): readonly LiveContainer[] => deps.known().filter(({ id }) => !lost.has(id))
  if (lost.size === 0) return left()
  const until = deps.clock.now() + patienceMs
  while (!left().some(({ state }) => state.running) && deps.clock.now() < until) await deps.clock.sleep(lookMs, signal)
  return left()
}

/** Whether it is still the same run of the container, in a pod that is there to stay. */
async function isThere({ kubernetes }: DoubtedPodsDeps, id: string, signal: AbortSignal): Promise<boolean> {
  const { namespace, pod: name } = containerOfKey(id)
  try {
    const manifest = await kubernetes.get({ apiVersion: 'v1', kind: 'Pod', namespace, name }, signal)
    if (manifest === undefined) return false
    const pod = podOf(manifest, [])
    if (!isStaying(pod)) return false
    return pod.containers.some((container) => container.state === 'running' && containerKey(pod, container) === id)
  } catch (error) {
    signal.throwIfAborted()
    // Who may not look has to believe the watches.
    worldsNo(error)
    return true
  }
}
