import type { ContainerEnd, KubernetesManifest, PodContainer } from '@tiltts/spec'
import { numberAt, textAt } from './fields.js'
import { isRecord, listAt, recordAt } from './tree.js'

/**
 * The containers of a pod, init containers first, in the order of its spec. The image is that of the spec: the status may
 * show another tag of the same content.
 */
export function podContainers(pod: KubernetesManifest): readonly PodContainer[] {
  return [
    ...containers(pod, 'initContainers', 'initContainerStatuses'),
    ...containers(pod, 'containers', 'containerStatuses'),
  ]
}

function containers(pod: KubernetesManifest, specs: string, statuses: string): readonly PodContainer[] {
  const byName = new Map(listAt(pod, ['status', statuses]).map((status) => [textAt(status, 'name'), status]))
  const init = specs === 'initContainers'
  return listAt(pod, ['spec', specs]).map((spec) => containerOf(spec, byName.get(textAt(spec, 'name')), init))
}

function containerOf(spec: unknown, status: unknown, init: boolean): PodContainer {
  const running = recordAt(status, ['state', 'running'])
  const terminated = endOf(recordAt(status, ['state', 'terminated']))
  const waiting = recordAt(status, ['state', 'waiting'])
  const lastEnd = endOf(recordAt(status, ['lastState', 'terminated']))
  const startedAt = textAt(running, 'startedAt')
  return {
    name: textAt(spec, 'name'),
    init,
    sidecar: init && textAt(spec, 'restartPolicy') === 'Always',
    id: textAt(status, 'containerID'),
    image: textAt(spec, 'image'),
    imageId: textAt(status, 'imageID'),
    ready: isRecord(status) && status['ready'] === true,
    probed: recordAt(spec, ['readinessProbe']) !== undefined,
    restarts: numberAt(status, 'restartCount'),
    ports: listAt(spec, ['ports']).map((port) => {
      const name = textAt(port, 'name')
      return { port: numberAt(port, 'containerPort'), ...(name !== '' && { name }) }
    }),
    state: running !== undefined ? 'running' : terminated !== undefined ? 'terminated' : 'waiting',
    ...(startedAt !== '' && { startedAt }),
    ...(waiting !== undefined && { waiting: withMessage({ reason: textAt(waiting, 'reason') }, waiting) }),
    ...(terminated !== undefined && { terminated }),
    ...(lastEnd !== undefined && { lastEnd }),
  }
}

function endOf(terminated: unknown): ContainerEnd | undefined {
  if (terminated === undefined) return undefined
  const signal = numberAt(terminated, 'signal')
  const [startedAt, finishedAt] = [textAt(terminated, 'startedAt'), textAt(terminated, 'finishedAt')]
  const end = {
    exitCode: numberAt(terminated, 'exitCode'),
    reason: textAt(terminated, 'reason'),
    ...(signal !== 0 && { signal }),
    ...(startedAt !== '' && { startedAt }),
    ...(finishedAt !== '' && { finishedAt }),
  }
  return withMessage(end, terminated)
}

function withMessage<T extends object>(state: T, from: unknown): T & { readonly message?: string } {
  const message = textAt(from, 'message').trim()
  return message === '' ? state : { ...state, message }
}
