import { podOf } from '@tiltts/core/kubernetes'
import { untilGone } from '../../executors/kubernetes/until-gone.js'
import type { SyncedContainers } from '../../executors/live-update/container-files.js'
import type { Clock } from '../../ports/clock.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { containerKey, containerOfKey } from './live-pods.js'

export interface TouchedPodsDeps {
  readonly kubernetes: Pick<Kubernetes, 'get' | 'remove'>
  readonly clock: Clock
  readonly synced: Pick<SyncedContainers, 'earlier' | 'touched'>
}

/**
 * Deletes the pods of a resource that earlier sessions have synced files into, and waits until they are gone: what takes
 * their place is of the image alone. For runs whose verdict is about images.
 */
export async function removeTouchedPods(
  { kubernetes, clock, synced }: TouchedPodsDeps,
  resource: string,
  log: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const id of await synced.earlier(resource)) {
    if ((await synced.touched(id)).length === 0) continue
    const { namespace, pod: name } = containerOfKey(id)
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name }
    const manifest = await kubernetes.get(ref, signal)
    if (manifest === undefined) continue
    const pod = podOf(manifest, [])
    if (!pod.containers.some((container) => containerKey(pod, container) === id)) continue
    log(`Replacing pod ${name}: it was live-updated\n`)
    const object = { ...ref, uid: pod.uid }
    await kubernetes.remove(object, { uid: pod.uid }, signal)
    await untilGone({ kubernetes, clock }, object, signal)
  }
}
