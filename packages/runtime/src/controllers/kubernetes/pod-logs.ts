import type { LogStore } from '@tiltts/core/logs'
import { podSpan } from '@tiltts/core/status'
import type { ObjectStore } from '@tiltts/core/store'
import { annotation, fromApiTime, type KubernetesDiscovery, type Pod, type PodContainer } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { LogChunk } from '../../ports/docker.js'
import type { Kubernetes, PodContainerRef } from '../../ports/kubernetes.js'
import { kubernetesRefusal } from '../../ports/kubernetes-refusal.js'
import { type NameController, own } from '../controller.js'
import { type ContainerLog, type ContainerRun, containerLog, type LogRequest } from '../logs/container-log.js'
import { engineTime } from '../logs/engine-time.js'
import type { Tasks } from '../tasks.js'

export interface PodLogsDeps {
  readonly store: ObjectStore
  readonly kubernetes: Pick<Kubernetes, 'logs' | 'get'>
  readonly clock: Clock
  readonly logs: LogStore
  readonly tasks: Tasks
}

/** Its names are those of resources. */
export interface PodLogs extends NameController {
  /**
   * Resolves when the logs hold the last words of all containers that have ended, of one resource or of all; at the latest
   * after 2 s.
   */
  lastWords(resource?: string): Promise<void>
  close(): void
}

/** A cluster that has not told the rest by then is too slow to wait for. */
const lastWordsMs = 2_000
/** What service meshes put beside the containers of others. */
const meshes = new Set(['istio-init', 'istio-proxy', 'istio-validation', 'linkerd-init', 'linkerd-proxy'])

/** Puts the output of all containers of all pods into the logs of their resources. */
export function podLogs(deps: PodLogsDeps): PodLogs {
  const { store, kubernetes, clock } = deps
  const since = clock.now()
  /** By resource, then by pod and container. */
  const held = new Map<string, Map<string, ContainerLog>>()
  let closed = false

  const logOf = (resource: string, pod: Pod, { name, init }: PodContainer): ContainerLog => {
    const byContainer = held.get(resource) ?? new Map<string, ContainerLog>()
    held.set(resource, byContainer)
    const key = keyOf(pod, name)
    const present = byContainer.get(key)
    if (present !== undefined) return present
    const target = { namespace: pod.namespace, pod: pod.name, container: name }
    const isAlone = !init && told(pod).length === 1
    const shown = store.get('KubernetesDiscovery', resource)?.metadata.annotations?.[annotation.resource]
    const log = containerLog(
      { ...deps, reportLost: () => {} },
      {
        span: spanOf(resource, pod, name),
        // That of a client shows in the log of the resource that it names, else in that of the session.
        resource: shown ?? '',
        // Times of creation have whole seconds.
        since: fromApiTime(pod.createdAt) + 1_000 < since ? engineTime(since) : undefined,
        prefix: () => (isAlone ? '' : `[${name}] `),
        read: (request, signal) => read(target, request, signal),
        isGone: () => isGone(pod),
      },
    )
    byContainer.set(key, log)
    return log
  }

  /** Mostly the stream itself: each generator around one of thousands of streams takes a kilobyte. */
  const read = (
    target: PodContainerRef,
    { since: from, missedOne }: LogRequest,
    signal: AbortSignal,
  ): AsyncIterable<LogChunk> =>
    missedOne ? readBoth(target, from, signal) : kubernetes.logs(target, { since: from }, signal)

  async function* readBoth(
    target: PodContainerRef,
    from: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<LogChunk> {
    let last = from
    for await (const chunk of previous(target, from, signal)) {
      last = chunk.time
      yield chunk
    }
    yield* kubernetes.logs(target, { since: last }, signal)
  }

  /** The node may have tidied it away. */
  async function* previous(
    target: PodContainerRef,
    from: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<LogChunk> {
    try {
      yield* kubernetes.logs(target, { since: from, previous: true }, signal)
    } catch (error) {
      if (signal.aborted || kubernetesRefusal(error) === undefined) throw error
    }
  }

  const isGone = async ({ namespace, name, uid }: Pod): Promise<boolean> => {
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name }
    const found = await kubernetes.get(ref, AbortSignal.timeout(lastWordsMs))
    return found?.metadata['uid'] !== uid
  }

  const reconcile = (name: string): void => {
    if (closed) return
    const discovery = store.get('KubernetesDiscovery', name)
    if (discovery?.status.known === false && discovery.status.pods.length > 0) return
    const wanted = containersOf(discovery)
    for (const [key, log] of held.get(name) ?? []) {
      if (wanted.has(key)) continue
      log.retire()
      if (log.idle) held.get(name)?.delete(key)
    }
    for (const { pod, container } of wanted.values()) logOf(name, pod, container).see(runOf(pod, container))
  }

  return {
    name: 'pod-logs',
    watches: [own('KubernetesDiscovery')],
    reconcile,
    async lastWords(resource) {
      if (resource !== undefined) reconcile(resource)
      const found =
        resource === undefined ? [...held.values()] : [held.get(resource) ?? new Map<string, ContainerLog>()]
      const all = found.flatMap((byContainer) => [...byContainer.values()])
      await new Promise<void>((resolve) => {
        const cancel = clock.timer(lastWordsMs, resolve)
        void Promise.all(all.map((log) => log.lastWords())).then(() => {
          cancel()
          resolve()
        })
      })
    },
    close() {
      closed = true
      for (const byContainer of held.values()) for (const log of byContainer.values()) log.close()
    },
  }
}

function containersOf(
  discovery: KubernetesDiscovery | undefined,
): ReadonlyMap<string, { readonly pod: Pod; readonly container: PodContainer }> {
  // What is not deployed from here speaks elsewhere.
  const pods = discovery?.spec.target === undefined ? (discovery?.status.pods ?? []) : []
  return new Map(pods.flatMap((pod) => told(pod).map((container) => [keyOf(pod, container.name), { pod, container }])))
}

function told({ containers }: Pod): readonly PodContainer[] {
  return containers.filter(({ name }) => !meshes.has(name))
}

/** Clients find the log of a pod by that of its first container; the others have spans of their own beside it. */
function spanOf(resource: string, pod: Pod, container: string): string {
  const span = podSpan(resource, pod.name)
  const first = told(pod).find(({ init }) => !init)
  return first?.name === container ? span : `${span}:${container}`
}

function keyOf({ uid }: Pod, container: string): string {
  return `${uid}/${container}`
}

/** One that waits to be started again still has the log of what it ran before. */
function runOf(pod: Pod, { name, state, restarts, lastEnd }: PodContainer): ContainerRun {
  const running = state === 'running'
  return {
    key: `${restarts}/${running ? 'runs' : 'ended'}`,
    ...(restarts > 0 && { before: `${restarts - 1}/ended` }),
    name: `${name} of pod ${pod.name}`,
    started: running || state === 'terminated' || lastEnd !== undefined,
    running,
  }
}
