import type { WorkloadId } from '@tiltts/spec'

/**
 * A name for each workload, all different, in the same order: its own; where several share that, all of these have the
 * kind added, then the namespace, then the group. What is the same all the way has its position in the list added.
 * @example a Deployment `api` in `shop`, and another in `test`: `api:deployment:shop`, `api:deployment:test`
 */
export function workloadNames(workloads: readonly WorkloadId[]): readonly string[] {
  const candidates = workloads.map(namesOf)
  const uses = new Map<string, number>()
  for (const name of candidates.flat()) uses.set(name, (uses.get(name) ?? 0) + 1)
  return candidates.map((names, index) => names.find((name) => uses.get(name) === 1) ?? `${names.at(-1)}:${index}`)
}

function namesOf({ name, kind, namespace, group }: WorkloadId): readonly string[] {
  const parts = [name, kind, namespace, group].map((part) => part.toLowerCase().replaceAll(':', '\\:'))
  return parts.map((_, index) => parts.slice(0, index + 1).join(':'))
}
