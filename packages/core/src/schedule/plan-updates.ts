import type { ClusterName, Hold } from '@tiltts/spec'
import { unmetEdges } from './edges.js'
import {
  clusterHold,
  configReloadHold,
  containerHold,
  dependencyHold,
  exclusiveHold,
  outputHold,
  ownUpdateHold,
  pausedHold,
  sharedImageHold,
  slotHold,
} from './holds.js'
import { byPriority } from './priority.js'
import { sharedImages } from './shared-images.js'
import type { Candidate, ClusterState, Plan, PlanView } from './types.js'
import { willRun } from './will-run.js'

/**
 * Which updates start now, in which order, and why each other candidate waits.
 *
 * What a candidate can do nothing about is looked at before what it competes for: config, loop, own update,
 * dependencies, outputs, the engine, its container; then images in use, the lock of local commands that run one at a
 * time, and the slots. So a hold names what lasts longest and does not change with every start beside it. A candidate
 * that waits takes neither image, lock nor slot.
 *
 * Changes that go straight into running containers wait only for the resource's own running update, for the engine, and
 * while the resource is paused. They take no slot.
 *
 * The cost depends on the candidates alone. The same view gives the same plan.
 */
export function planUpdates(view: PlanView): Plan {
  const holds = new Map<string, Hold>()
  const underway = new Set(view.running.map((r) => r.name))
  const full = view.running.filter((r) => !r.live)
  let exclusive = full.find((r) => r.exclusive)?.name
  let freeSlots = view.maxParallel - full.length
  const images = sharedImages()
  for (const { name, images: used } of full) images.take(name, used)
  const start = new Set<string>()
  const noSlot = slotHold(view.maxParallel)
  const producersAhead = findProducersAhead(view, underway)
  const cluster = askOnce(view.cluster)

  const holdOf = (candidate: Candidate): Hold | undefined => {
    if (view.configPending && !candidate.live) return configReloadHold
    if (candidate.paused !== undefined && candidate.triggeredAt === undefined) return pausedHold(candidate.paused.file)
    if (underway.has(candidate.name)) return ownUpdateHold(candidate.name)
    const unmet = unmetEdges(candidate, view.dependency)
    if (unmet.length > 0) return dependencyHold(unmet)
    const producers = candidate.live ? [] : producersAhead(candidate)
    if (producers.length > 0) return outputHold(producers)
    const away = candidate.clusters.find((name) => !cluster(name).connected)
    if (away !== undefined) return clusterHold(away, cluster(away))
    return candidate.live ? undefined : competitionFor(candidate)
  }

  const competitionFor = (candidate: Candidate): Hold | undefined => {
    if (candidate.awaitsContainer) return containerHold(candidate.name)
    const inUse = images.inUse(candidate.images)
    if (inUse !== undefined) return sharedImageHold(inUse.by, inUse.image)
    if (candidate.exclusive && exclusive !== undefined) return exclusiveHold(exclusive)
    return freeSlots > 0 ? undefined : noSlot
  }

  for (const candidate of byPriority(view.candidates)) {
    if (start.has(candidate.name)) continue
    const hold = holdOf(candidate)
    if (hold !== undefined) {
      holds.set(candidate.name, hold)
      continue
    }
    start.add(candidate.name)
    underway.add(candidate.name)
    if (candidate.live) continue
    freeSlots -= 1
    images.take(candidate.name, candidate.images)
    if (candidate.exclusive) exclusive = candidate.name
  }
  return { start: [...start], holds }
}

/** Tells which resources that write a candidate's inputs run, or will run by themselves before it should. */
function findProducersAhead(view: PlanView, underway: ReadonlySet<string>): (c: Candidate) => readonly string[] {
  let due: ReadonlySet<string> | undefined
  return (candidate) => {
    if (candidate.inputsFrom.length === 0) return []
    due ??= willRun(view)
    const isDue = due
    return candidate.inputsFrom.filter((name) => name !== candidate.name && (underway.has(name) || isDue.has(name)))
  }
}

/** All candidates of one plan get one answer. */
function askOnce(cluster: PlanView['cluster']): PlanView['cluster'] {
  const states = new Map<ClusterName, ClusterState>()
  return (name) => {
    const state = states.get(name) ?? cluster(name)
    states.set(name, state)
    return state
  }
}
