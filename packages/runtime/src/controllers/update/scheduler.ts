import {
  type Candidate,
  candidateOf,
  clusterState,
  dependencyOf,
  isSameHold,
  type Running,
  recordHold,
  runningOf,
  runtimeFacts,
  schedulable,
  settledImages,
  updateStarted,
} from '@tiltts/core/schedule'
import type { ObjectStore } from '@tiltts/core/store'
import { type ClusterName, type Hold, type Image, type Millis, type Resource, wellKnown } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import { buildSpan } from '../cmd/span.js'
import { type BatchController, byResource, own, watch } from '../controller.js'
import { nameIndex } from '../name-index.js'
import { runningStatus } from '../update-record.js'
import { candidateQueue } from './candidate-queue.js'
import type { LoopGuard } from './loop-guard.js'
import type { RerunIndex } from './rerun-index.js'
import type { StartedUpdate } from './run-update.js'

export interface SchedulerDeps {
  readonly store: ObjectStore
  readonly clock: Clock
  readonly reruns: RerunIndex
  readonly guard: LoopGuard
  /** Runs an update that was started. */
  readonly run: (started: StartedUpdate) => void
  /** Told of a new limit before updates start under it. */
  readonly setLimit: (maxParallel: number) => void
  readonly wake: (name: string) => void
}

export interface Scheduler extends BatchController {
  /** Starts nothing any more. */
  stop(): void
  readonly stopped: boolean
}

const defaultParallel = 3
/** So many holds at once may follow who is waited for at the moment; of longer queues that is told a little later. */
const promptHolds = 50
const laterMs = 200

/** Starts queued updates as the plan says, and tells why the others wait. Its work depends on the candidates alone. */
export function scheduler(deps: SchedulerDeps): Scheduler {
  const { store, clock } = deps
  const candidates = candidateQueue()
  const running = new Map<string, Running>()
  /** How the updates that run were started. */
  const started = new Map<string, Pick<Candidate, 'live' | 'images'>>()
  const byImage = nameIndex()
  /** The hold that stands in the status of each candidate. */
  const told = new Map<string, Hold>()
  let stopped = false
  let later = false
  let due = false

  const note = (name: string): void => {
    const resource = store.get('Resource', name)
    deps.reruns.set(name, resource?.spec.dependencies ?? [])
    byImage.set(name, resource?.spec.images.map((image) => image.name) ?? [])
    const subject = resource && schedulable(resource)
    if (resource?.status.current === undefined) started.delete(name)
    set(running, name, subject && runningOf(subject, started.get(name)))
    const waits = resource?.status.queued !== undefined
    set(told, name, waits ? resource.status.hold : undefined)
    candidates.set(
      name,
      waits && subject ? candidateOf(subject, resource.spec.inputsFrom ?? [], factsOf(resource)) : undefined,
    )
  }

  const factsOf = (resource: Resource) =>
    runtimeFacts(
      resource,
      {
        service: store.get('DockerComposeService', resource.metadata.name),
        discovery: store.get('KubernetesDiscovery', resource.metadata.name),
      },
      settledImages(resource, {
        image: (name) => store.get('Image', name),
        watch: (name) => store.get('FileWatch', name),
      }),
    )

  /** An image of a running update is up to date: others that use it need not wait for the rest of the update. */
  const release = (name: string, update: string, image: string): void => {
    const counted = started.get(name)
    if (counted === undefined || store.get('Resource', name)?.status.current !== update) return
    started.set(name, { ...counted, images: counted.images.filter((one) => one !== image) })
    deps.wake(name)
  }

  const plan = (): void => {
    const tiltfile = store.get('Tiltfile', wellKnown.tiltfile)?.status
    const maxParallel = tiltfile?.live?.settings.maxParallelUpdates ?? defaultParallel
    const view = {
      running: [...running.values()],
      maxParallel,
      configPending: tiltfile?.pending !== undefined,
      dependency(name: string) {
        const resource = store.get('Resource', name)
        return resource && dependencyOf(schedulable(resource))
      },
      cluster: (name: ClusterName) => clusterState(store.get('Cluster', name)),
    }
    const { start, holds, partial } = candidates.plan(view, { all: due })
    deps.setLimit(maxParallel)
    const now = clock.now()
    tellHolds(holds, now)
    if (partial) tellLater(candidates.size)
    for (const name of start) begin(name, now)
  }

  const begin = (name: string, now: Millis): void => {
    const resource = store.get('Resource', name)
    const update = resource?.status.queued
    if (resource === undefined || update === undefined) return
    const triggered = resource.status.triggered !== undefined
    const causes = store.get('Update', update)?.spec.causes ?? []
    const candidate = candidateOf(schedulable(resource), [], factsOf(resource))
    // Also one that was counted as a whole update may find that its files fit into its containers.
    const live = candidate?.live === true
    if (candidate !== undefined) started.set(name, candidate)
    store.update({ by: 'update', resource: name, update, causes }, (tx) => {
      tx.status('Update', update, (status) => runningStatus(status, now, buildSpan(update)))
      tx.status('Resource', name, (status) => {
        const { updateHash } = resource.spec
        const serveHash = status.seen?.serveHash ?? resource.spec.serveHash
        return { ...updateStarted(status, update), queued: undefined, seen: { updateHash, serveHash } }
      })
    })
    // Counted at once: whoever plans next must not give the slot away a second time.
    note(name)
    deps.guard.started(name, { triggered, live })
    deps.run({ resource, update, live, release: (image) => release(name, update, image) })
  }

  const tellHolds = (holds: ReadonlyMap<string, Hold>, at: Millis): void => {
    const fresh: [string, Hold][] = []
    const moved: [string, Hold][] = []
    for (const [name, hold] of holds) {
      const before = told.get(name)
      if (before !== undefined && isSameHold(before, hold)) continue
      if (before?.reason === hold.reason) moved.push([name, hold])
      else fresh.push([name, hold])
    }
    const wait = moved.length > promptHolds && !due
    due = false
    if (wait) tellLater(moved.length)
    const now = wait ? fresh : [...fresh, ...moved]
    if (now.length > 0) writeHolds(now, at)
  }

  /** A queue of hundreds behind one lock would otherwise be written anew with each step. */
  const tellLater = (count: number): void => {
    if (later) return
    later = true
    clock.timer(Math.max(laterMs, count), () => {
      later = false
      due = true
      if (!stopped) deps.wake(refresh)
    })
  }

  const writeHolds = (holds: readonly (readonly [string, Hold])[], now: Millis): void => {
    store.update({ by: 'update' }, (tx) => {
      for (const [name, hold] of holds) {
        told.set(name, hold)
        tx.status('Resource', name, (status) => ({ ...status, hold }))
        const update = tx.get('Resource', name)?.status.queued
        if (update === undefined) continue
        tx.status('Update', update, (status) => ({ ...status, holds: recordHold(status.holds, hold, now) }))
      }
    })
  }

  return {
    name: 'scheduler',
    watches: [
      own('Resource'),
      byResource('DockerComposeService'),
      byResource('KubernetesDiscovery'),
      // What is told of a build while it runs changes nothing here.
      watch('Image', ({ name, before, after }) => (isAlike(before, after) ? [] : byImage.of(name))),
      watch('Tiltfile', (change) => [change.name]),
      watch('Cluster', () => [refresh]),
    ],
    reconcileAll(names) {
      for (const name of names) if (name !== refresh) note(name)
      if (!stopped && candidates.size > 0) plan()
    },
    stop() {
      stopped = true
    },
    get stopped() {
      return stopped
    },
  }
}

/** Wakes the scheduler for no resource in particular. */
const refresh = wellKnown.tiltfile

/** Whether an image stands as it did, as far as those wait for it who use it. */
function isAlike(before: Image | undefined, after: Image | undefined): boolean {
  return (
    before?.spec === after?.spec &&
    before?.status.result === after?.status.result &&
    before?.status.error === after?.status.error &&
    (before?.status.building === undefined) === (after?.status.building === undefined)
  )
}

function set<T>(map: Map<string, T>, name: string, value: T | undefined): void {
  if (value === undefined) map.delete(name)
  else map.set(name, value)
}
