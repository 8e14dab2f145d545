import { hasLiveUpdate, liveUses } from '@tiltts/core/live-update'
import type { LogStore } from '@tiltts/core/logs'
import { filesCause, filesChanged } from '@tiltts/core/schedule'
import type { ObjectStore } from '@tiltts/core/store'
import type { Resource } from '@tiltts/spec'
import { untilGone } from '../../executors/kubernetes/until-gone.js'
import { correctContainer } from '../../executors/live-update/correct-container.js'
import type { LiveContainer, LiveUpdateDeps } from '../../executors/live-update/live-container.js'
import { lookAtFiles } from '../../executors/live-update/look-at-files.js'
import type { Clock } from '../../ports/clock.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { type BatchController, byResource, own } from '../controller.js'
import { type Tasks, worldsNo } from '../tasks.js'
import type { ResourceWriter } from '../update/resource-writer.js'
import { containerOfKey } from './live-pods.js'

export interface NewPodsDeps extends LiveUpdateDeps {
  readonly store: ObjectStore
  readonly tasks: Tasks
  readonly logs: LogStore
  readonly resources: ResourceWriter
  readonly kubernetes: Pick<Kubernetes, 'get' | 'remove'>
  readonly clock: Clock
  readonly command: 'dev' | 'ci'
  /** The containers of a resource that its live updates are for. */
  readonly containersOf: (resource: Resource) => readonly LiveContainer[]
}

export interface NewPods extends BatchController {
  close(): void
}

/**
 * Looks after the containers of pods as they come: those that an earlier session has synced files into are made to hold what
 * is here, or are replaced; new ones hold what their image holds, and get what was synced into those before them. Ways into
 * all of them are opened ahead of the first edit.
 */
export function newPods(deps: NewPodsDeps): NewPods {
  const { store, tasks, resources, synced, channels } = deps
  const looking = new Set<string>()
  /** Those that events came of while they were being looked at. */
  const again = new Set<string>()
  /** By resource and container, after which apply it was looked at: each may find the image of old pods to be the right one. */
  const corrected = new Map<string, Map<string, string>>()
  const ending = new AbortController()

  const appliedAt = (name: string): string => store.get('KubernetesApply', name)?.status.lastApplyTime ?? ''

  const look = async (resource: Resource, containers: readonly LiveContainer[]): Promise<void> => {
    const { name } = resource.metadata
    const time = appliedAt(name)
    const ids = containers.map(({ id }) => id)
    channels.keep(name, ids)
    if (deps.command === 'dev') for (const id of ids) channels.warm(id)
    const before = corrected.get(name)
    const now = new Map<string, string>()
    corrected.set(name, now)
    for (const container of containers) {
      now.set(container.id, time)
      if (before?.get(container.id) !== time && !(await correct(resource, container))) return
    }
    const files = await lacking(resource, containers)
    if (files.length === 0) {
      await synced.meet(name, ids)
      return
    }
    resources.write({ by: 'update', resource: name, causes: [filesCause(files)] }, (tx, at) => {
      if (tx.get('Resource', name)?.status.current !== undefined) return []
      tx.status('Resource', name, (status) => filesChanged(status, { files, at }, undefined, true))
      return [name]
    })
  }

  /** Files that were synced into others, as far as these do not hold them; all that are to be synced at first. */
  const lacking = async (
    { metadata, spec }: Resource,
    containers: readonly LiveContainer[],
  ): Promise<readonly string[]> => {
    const { name } = metadata
    const isNew = containers.filter(({ id }) => synced.hasMet(name, id) !== true)
    const uses = liveUses(spec)
    const initial = uses.flatMap(({ deployed, liveUpdate }) =>
      deployed && liveUpdate?.initialSync === true ? liveUpdate.syncs.map(({ localPath }) => localPath) : [],
    )
    const before = await synced.filesOf(name)
    const states = before.length === 0 ? [] : await lookAtFiles(deps.files, before, ending.signal)
    const found = new Set<string>(isNew.length > 0 ? initial : [])
    for (const { id, images } of isNew) {
      for (const image of uses) {
        if (!image.deployed || image.liveUpdate === undefined || images?.has(image.name) === false) continue
        const known = await synced.of(id, deps.images.known(image.name)?.files)
        for (const { path, hash, mode } of states) if (!known.holds(path, hash, mode)) found.add(path)
      }
    }
    return [...found]
  }

  /** Whether it holds what it should now; otherwise another one comes. */
  const correct = async (resource: Resource, container: LiveContainer): Promise<boolean> => {
    const { name } = resource.metadata
    const log = (text: string, level: 'info' | 'warn' | 'error' = 'info'): void => {
      const span = `monitor:${name}`
      deps.logs.span({ id: span, resource: name, source: 'runtime' })
      deps.logs.append(span, text, level)
    }
    for (const { name: image, liveUpdate: spec } of liveUses(resource.spec)) {
      if (container.images?.has(image) === false) continue
      const end = await correctContainer(deps, { container, image, spec, log }, ending.signal)
      if (end.kind === 'good') {
        if (end.corrected.length > 0) log(`Corrected files in container ${container.name}: ${end.corrected.length}\n`)
        continue
      }
      log(`Replacing pod ${containerOfKey(container.id).pod}: ${end.reason}\n`, 'warn')
      await replace(resource, container, end.reason)
      return false
    }
    return true
  }

  /** Its controller makes another one, of the image alone. One that has no controller is applied anew. */
  const replace = async (resource: Resource, container: LiveContainer, reason: string): Promise<void> => {
    const { name } = resource.metadata
    const { namespace, pod: podName } = containerOfKey(container.id)
    const pods = store.get('KubernetesDiscovery', name)?.status.pods ?? []
    const pod = pods.find((one) => one.namespace === namespace && one.name === podName)
    if (pod === undefined) return
    const object = { apiVersion: 'v1', kind: 'Pod', namespace, name: podName, uid: pod.uid }
    const files = (await synced.touched(container.id)).map(({ localPath }) => localPath)
    await deps.kubernetes.remove(object, { uid: pod.uid }, ending.signal)
    if (pod.owners.length > 0) return
    await untilGone(deps, object, ending.signal)
    resources.write({ by: 'update', resource: name, causes: [filesCause(files)] }, (tx, at) => {
      tx.status('Resource', name, (status) => ({
        ...filesChanged(status, { files, at }, undefined, true),
        fallback: reason,
      }))
      return [name]
    })
  }

  const consider = (name: string): void => {
    const resource = store.get('Resource', name)
    if (resource === undefined) {
      corrected.delete(name)
      return
    }
    if (!isSettled(resource)) return
    if (looking.has(name)) {
      again.add(name)
      return
    }
    const running = deps.containersOf(resource).filter(({ state }) => state.running)
    const time = appliedAt(name)
    const seen = corrected.get(name)
    if (running.every(({ id }) => synced.hasMet(name, id) === true && seen?.get(id) === time)) return
    looking.add(name)
    tasks.run(`look at the new pods of ${name}`, async () => {
      try {
        await look(resource, running)
      } catch (error) {
        if (ending.signal.aborted) return
        // What is gone or cannot be reached is looked at again when something changes.
        worldsNo(error)
        corrected.delete(name)
      } finally {
        looking.delete(name)
      }
      if (again.delete(name)) consider(name)
    })
  }

  return {
    name: 'new-pod',
    watches: [own('Resource'), byResource('KubernetesDiscovery')],
    reconcileAll(names) {
      for (const name of names) consider(name)
    },
    close: () => ending.abort(new Error('the session ends')),
  }
}

/** Whether its containers should hold what is here, and nobody is about to see to it. */
function isSettled({ spec, status }: Resource): boolean {
  if (spec.type !== 'k8s' || !hasLiveUpdate(liveUses(spec)) || status.enabled !== 'enabled') return false
  return status.last === 'succeeded' && status.current === undefined && status.pending.length === 0
}
