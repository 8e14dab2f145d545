import { type Candidate, type Plan, type PlanView, planUpdates } from '@tiltts/core/schedule'
import { clusterName } from '@tiltts/spec'

/** So many candidates are looked at when only the next few can start. */
const windowSize = 64

/** The resources that want an update, planned with as little looking at them as it takes. */
export interface CandidateQueue {
  readonly size: number
  set(name: string, candidate: Candidate | undefined): void
  /**
   * What starts now, the same as `planUpdates` of all candidates says. Of a long queue behind few slots only the front,
   * and what takes no slot, is looked at, and `holds` speaks of that alone; then `partial` is set.
   *
   * @param options.all looks at all of them
   */
  plan(view: Omit<PlanView, 'candidates'>, options: { readonly all: boolean }): Plan & { readonly partial: boolean }
}

export function candidateQueue(): CandidateQueue {
  const candidates = new Map<string, Candidate>()
  /** By priority, as the last plan of all had them. Some may have started since; none is missing unless `stale`. */
  let order: readonly string[] = []
  let stale = true
  let lastLimits = ''
  /** How many could run beside others, and how many wait for outputs of others. */
  let parallel = 0
  let reading = 0
  /** Those that take no slot: they start wherever they stand. */
  const live = new Set<string>()

  const count = (candidate: Candidate | undefined, by: 1 | -1): void => {
    if (candidate === undefined) return
    if (!candidate.exclusive) parallel += by
    if (candidate.inputsFrom.length > 0) reading += by
  }

  const planAll = (view: Omit<PlanView, 'candidates'>): Plan & { readonly partial: boolean } => {
    const plan = planUpdates({ ...view, candidates: [...candidates.values()] })
    // Those that start are gone from the queue; the others stand in their order.
    order = [...plan.holds.keys()]
    stale = false
    return { ...plan, partial: false }
  }

  const front = (size: number): readonly Candidate[] => {
    const found: Candidate[] = []
    const isAhead = new Set<string>()
    let index = 0
    for (; index < order.length && found.length < size; index++) {
      const candidate = candidates.get(order[index] ?? '')
      if (candidate === undefined) continue
      found.push(candidate)
      isAhead.add(candidate.name)
    }
    // What has started is left behind now and then, so that it is not passed by for ever.
    if (index > 2 * size) order = [...found.map(({ name }) => name), ...order.slice(index)]
    for (const name of live) {
      const candidate = candidates.get(name)
      if (candidate !== undefined && !isAhead.has(name)) found.push(candidate)
    }
    return found
  }

  const isSettled = (
    view: Omit<PlanView, 'candidates'>,
    looked: readonly Candidate[],
    start: readonly string[],
  ): boolean => {
    const full = view.running.filter((r) => !r.live)
    const begun = new Set(start.filter((name) => !live.has(name)))
    if (full.length + begun.size >= view.maxParallel) return true
    const locked = full.some((r) => r.exclusive) || looked.some((c) => c.exclusive && begun.has(c.name))
    return locked && looked.filter((c) => !c.exclusive).length === parallel
  }

  return {
    get size() {
      return candidates.size
    },
    set(name, candidate) {
      const before = candidates.get(name)
      count(before, -1)
      count(candidate, 1)
      if (candidate === undefined) candidates.delete(name)
      else candidates.set(name, candidate)
      if (candidate?.live === true) live.add(name)
      else live.delete(name)
      // What takes no slot needs no place in the order.
      const isPlaced = candidate === undefined || candidate.live || (before !== undefined && isSame(before, candidate))
      stale ||= !isPlaced
    },
    plan(view, { all }) {
      const clusters = Object.values(clusterName).map((name) => view.cluster(name))
      const limits = JSON.stringify([view.maxParallel, view.configPending, clusters])
      const isNew = limits !== lastLimits
      lastLimits = limits
      if (all || isNew || stale || reading > 0 || candidates.size <= windowSize) return planAll(view)
      for (let size = windowSize; size < candidates.size; size *= 4) {
        const looked = front(size)
        const plan = planUpdates({ ...view, candidates: looked })
        if (isSettled(view, looked, plan.start)) return { ...plan, partial: true }
      }
      return planAll(view)
    },
  }
}

/** Whether it stands at the same place and waits for the same. */
function isSame(a: Candidate, b: Candidate): boolean {
  return (
    a.order === b.order &&
    a.exclusive === b.exclusive &&
    a.live === b.live &&
    a.awaitsContainer === b.awaitsContainer &&
    a.clusters.length === b.clusters.length &&
    a.clusters.every((name, index) => name === b.clusters[index]) &&
    a.images.length === b.images.length &&
    a.images.every((image, index) => image === b.images[index]) &&
    a.first === b.first &&
    a.initial === b.initial &&
    a.triggeredAt === b.triggeredAt &&
    a.pendingSince === b.pendingSince &&
    a.edges === b.edges &&
    a.paused?.file === b.paused?.file
  )
}
