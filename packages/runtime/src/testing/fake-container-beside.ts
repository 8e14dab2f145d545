import { helperContainerState, planHelperContainer } from '@tiltts/core/kubernetes'
import { InfraError, type KubernetesManifest } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import type { ContainerChannel } from '../ports/container-channel.js'
import type { ContainerBeside, PodContainerRef } from '../ports/kubernetes.js'
import { kubernetesRefusal } from '../ports/kubernetes-refusal.js'
import { sha256 } from './fake-docker-tree.js'
import { record, records, text } from './fake-kubernetes-json.js'
import { type FakeStore, refusal } from './fake-kubernetes-store.js'
import type { FakeVerb } from './fake-kubernetes-types.js'

export interface BesideParts {
  readonly store: FakeStore
  readonly clock: Clock
  readonly startMs: number
  readonly pullFailure: (ref: string) => string | undefined
  readonly check: (verb: FakeVerb, namespace: string, pod: string) => void
}

/** A way into a container of an image that takes no files by itself: an ephemeral container of its pod does it. */
export function besideChannel(
  parts: BesideParts,
  target: PodContainerRef,
  channel: ContainerChannel,
  beside: ContainerBeside | undefined,
): ContainerChannel {
  const refuse = (why: string): InfraError => {
    const message = `cannot copy files into container ${target.container} of pod ${target.pod}: its image has no shell (sh); ${why}`
    return new InfraError('container/copy-failed', 'kubernetes', message)
  }
  const ready = async (signal: AbortSignal): Promise<void> => {
    if (beside === undefined) throw refuse('it has not the helper that live updates add to images')
    const image = await beside.image(signal)
    if (!image.ok) throw refuse(image.reason)
    await addBeside(parts, target, image.ref, beside.onAdd, refuse)
    signal.throwIfAborted()
  }
  return {
    ...channel,
    canRestartProcess: false,
    async copy(entries, signal) {
      await ready(signal)
      return await channel.copy(entries, signal)
    },
    async remove(paths, signal) {
      await ready(signal)
      await channel.remove(paths, signal)
    },
    async inspect(paths, signal) {
      await ready(signal)
      return await channel.inspect(paths, signal)
    },
  }
}

async function addBeside(
  { store, clock, startMs, pullFailure, check }: BesideParts,
  { namespace, pod: name, container }: PodContainerRef,
  image: string,
  onAdd: (message: string) => void,
  refuse: (why: string) => InfraError,
): Promise<void> {
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name }
  const podNow = (): KubernetesManifest => {
    const found = store.get(ref)
    if (found === undefined) throw refusal(404, 'NotFound', `pods "${name}" not found`)
    return found
  }
  const planned = planHelperContainer({ pod: podNow(), container, image, command: ['idle'], hash: sha256 })
  if (planned.kind === 'gone')
    throw new InfraError('container/channel-closed', 'kubernetes', `container ${container} is not running`, {
      retry: true,
    })
  if (planned.kind === 'no') throw refuse(planned.reason)
  if (planned.kind === 'use') return
  onAdd(`Adding ephemeral container ${planned.name} (image ${image}) to pod ${name}\n`)
  try {
    check('patch', namespace, name)
  } catch (error) {
    throw refuse(`no container of image ${image} can be added beside it: ${kubernetesRefusal(error)?.message ?? error}`)
  }
  const put = (state: object): void =>
    store.change(ref, (now) => {
      const [spec, status] = [record(now['spec']), record(now['status'])]
      const others = (list: unknown): readonly object[] =>
        records(list).filter((one) => text(one['name']) !== planned.name)
      return {
        ...now,
        spec: { ...spec, ephemeralContainers: [...others(spec['ephemeralContainers']), planned.spec] },
        status: {
          ...status,
          ephemeralContainerStatuses: [
            ...others(status['ephemeralContainerStatuses']),
            { name: planned.name, image, state },
          ],
        },
      }
    })
  put({ waiting: { reason: 'ContainerCreating' } })
  await clock.sleep(startMs)
  const failure = pullFailure(image)
  const startedAt = new Date(clock.now()).toISOString()
  put(failure === undefined ? { running: { startedAt } } : { waiting: { reason: 'ErrImagePull', message: failure } })
  const { problem } = helperContainerState(podNow(), planned.name)
  if (problem !== undefined)
    throw refuse(`container ${planned.name} beside it, of image ${image}, does not run: ${problem}`)
}
