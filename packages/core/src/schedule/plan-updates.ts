import type { Hold } from '@tiltts/spec'
import { unmetEdges } from './edges.js'
import {
  configReloadHold,
  dependencyHold,
  exclusiveHold,
  outputHold,
  ownUpdateHold,
  pausedHold,
  slotHold,
} from './holds.js'
import { byPriority } from './priority.js'
import type { Candidate, Plan, PlanView } from './types.js'
import { willRun } from './will-run.js'

/**
 * Which updates start now, in which order, and why each other candidate waits.
 *
 * What a candidate can do nothing about is looked at before what it competes for: config, loop, own update,
 * dependencies, outputs; then the lock of local commands that run one at a time, and the slots. So a hold names what
 * lasts longest and does not change with every start beside it. A candidate that waits takes neither lock nor slot.
 *
 * The cost depends on the candidates alone. The same view gives the same plan.
 */
export function planUpdates(view: PlanView): Plan {
  const queue = byPriority(view.candidates)
  const holds = new Map<string, Hold>()
  if (view.configPending) {
    for (const candidate of queue) holds.set(candidate.name, configReloadHold)
    return { start: [], holds }
  }

  const underway = new Set(view.running.map((r) => r.name))
  let exclusive = view.running.find((r) => r.exclusive)?.name
  let freeSlots = view.maxParallel - view.running.length
  const start = new Set<string>()
  const noSlot = slotHold(view.maxParallel)
  const producersAhead = findProducersAhead(view, underway)

  const holdOf = (candidate: Candidate): Hold | undefined => {
    if (candidate.paused !== undefined && candidate.triggeredAt === undefined) return pausedHold(candidate.paused.file)
    if (underway.has(candidate.name)) return ownUpdateHold(candidate.name)
    const unmet = unmetEdges(candidate, view.dependency)
    if (unmet.length > 0) return dependencyHold(unmet)
    const producers = producersAhead(candidate)
    if (producers.length > 0) return outputHold(producers)
    if (candidate.exclusive && exclusive !== undefined) return exclusiveHold(exclusive)
    return freeSlots > 0 ? undefined : noSlot
  }

  for (const candidate of queue) {
    if (start.has(candidate.name)) continue
    const hold = holdOf(candidate)
    if (hold !== undefined) {
      holds.set(candidate.name, hold)
      continue
    }
    start.add(candidate.name)
    underway.add(candidate.name)
    freeSlots -= 1
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
