import type { Candidate, DependencyState, Plan, PlanView, Running } from './types.js'

/** A triggerless change on a resource that ran before, with nothing in its way. */
export function candidate(name: string, more: Partial<Candidate> = {}): Candidate {
  return {
    name,
    order: 0,
    type: 'local',
    exclusive: false,
    images: [],
    live: false,
    awaitsContainer: false,
    clusters: [],
    first: false,
    initial: false,
    pendingSince: 0,
    edges: [],
    inputsFrom: [],
    ...more,
  }
}

/** A resource that starts by itself and never did. */
export function newcomer(name: string, more: Partial<Candidate> = {}): Candidate {
  return candidate(name, { first: true, initial: true, pendingSince: undefined, ...more })
}

export function running(name: string, more: Partial<Running> = {}): Running {
  return { name, exclusive: false, type: 'local', images: [], live: false, ...more }
}

/** A dependency that is on its way. */
export function dependency(more: Partial<DependencyState> = {}): DependencyState {
  return {
    enabled: true,
    ready: false,
    readyOnce: false,
    succeededOnce: false,
    startedOnce: false,
    completedOnce: false,
    busy: false,
    idle: false,
    failed: false,
    ...more,
  }
}

export function planView(
  candidates: readonly Candidate[],
  more: Partial<Omit<PlanView, 'dependency'>> & { readonly states?: Readonly<Record<string, DependencyState>> } = {},
): PlanView {
  const { states = {}, ...rest } = more
  return {
    candidates,
    running: [],
    maxParallel: 3,
    configPending: false,
    dependency: (name) => states[name],
    cluster: () => ({ connected: true }),
    ...rest,
  }
}

/** `start` and, by name, `reason: message` of each hold. */
export function shown(plan: Plan): { start: readonly string[]; holds: Readonly<Record<string, string>> } {
  const holds = [...plan.holds].map(([name, hold]) => [name, `${hold.reason}: ${hold.message}`])
  return { start: plan.start, holds: Object.fromEntries(holds) as Record<string, string> }
}

/** A change that goes straight into the running containers of a service. */
export function liveChange(name: string, more: Partial<Candidate> = {}): Candidate {
  return candidate(name, { type: 'docker-compose', live: true, clusters: ['docker'], ...more })
}

/** A change of a service that takes a new image. */
export function serviceChange(name: string, more: Partial<Candidate> = {}): Candidate {
  return candidate(name, { type: 'docker-compose', clusters: ['docker'], ...more })
}
