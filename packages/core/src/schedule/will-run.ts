import { unmetEdges } from './edges.js'
import { willNotCome } from './holds.js'
import type { PlanView } from './types.js'

/**
 * The candidates that will come to their turn by themselves. Left out: paused ones, those that wait for something only
 * a user can bring, and those that wait in a circle, each with whatever waits for them.
 *
 * Declared inputs and outputs may form circles, alone or together with dependencies. Nobody waits for the output of a
 * resource that is not in this set, so no such circle can stop a session.
 */
export function willRun(view: PlanView): ReadonlySet<string> {
  const running = new Set(view.running.map((r) => r.name))
  const candidates = new Set(view.candidates.map((c) => c.name))
  const waitsFor = new Map<string, number>()
  const waiters = new Map<string, string[]>()
  const free: string[] = []

  for (const candidate of view.candidates) {
    if (candidate.paused !== undefined && candidate.triggeredAt === undefined) continue
    const unmet = unmetEdges(candidate, view.dependency)
    const isPending = (name: string): boolean => candidates.has(name) && !running.has(name)
    if (unmet.some((edge) => !isPending(edge.on) && !running.has(edge.on) && willNotCome(edge.state))) continue
    const producers = candidate.live ? [] : candidate.inputsFrom
    const ahead = new Set([...unmet.map((edge) => edge.on), ...producers].filter(isPending))
    if (ahead.size === 0) free.push(candidate.name)
    waitsFor.set(candidate.name, ahead.size)
    for (const name of ahead) {
      const list = waiters.get(name)
      if (list === undefined) waiters.set(name, [candidate.name])
      else list.push(candidate.name)
    }
  }

  const comes = new Set<string>()
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    comes.add(name)
    for (const waiter of waiters.get(name) ?? []) {
      const left = (waitsFor.get(waiter) ?? 0) - 1
      waitsFor.set(waiter, left)
      if (left === 0) free.push(waiter)
    }
  }
  return comes
}
