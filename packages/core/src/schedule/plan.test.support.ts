import type { Candidate, DependencyState, Plan, PlanView, Running } from './types.js'

/** A triggerless change on a resource that ran before, with nothing in its way. */
export function candidate(name: string, more: Partial<Candidate> = {}): Candidate {
  return {
    name,
    order: 0,
    type: 'local',
    exclusive: false,
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
  return { name, exclusive: false, type: 'local', ...more }
}

/** A dependency that is on its way. */
export function dependency(more: Partial<DependencyState> = {}): DependencyState {
  return {
    enabled: true,
    ready: false,
    readyOnce: false,
    succeededOnce: false,
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
    ...rest,
  }
}

/** `start` and, by name, `reason: message` of each hold. */
export function shown(plan: Plan): { start: readonly string[]; holds: Readonly<Record<string, string>> } {
  const holds = [...plan.holds].map(([name, hold]) => [name, `${hold.reason}: ${hold.message}`])
  return { start: plan.start, holds: Object.fromEntries(holds) as Record<string, string> }
}
