import type { ResourceEdge } from '@tiltts/spec'

/** Who runs again after each success of whom; worked out anew only for resources whose dependencies changed. */
export interface RerunIndex {
  set(name: string, dependencies: readonly ResourceEdge[]): void
  /** Resources that run again after each success of this one. */
  after(name: string): Iterable<string>
}

export function rerunIndex(): RerunIndex {
  const known = new Map<string, readonly ResourceEdge[]>()
  const dependents = new Map<string, Set<string>>()
  const rerunsOf = (edges: readonly ResourceEdge[]): readonly string[] =>
    edges.filter(({ edge }) => edge === 'rerun').map(({ on }) => on)

  return {
    set(name, dependencies) {
      const before = known.get(name) ?? []
      if (before === dependencies) return
      for (const on of rerunsOf(before)) dependents.get(on)?.delete(name)
      for (const on of rerunsOf(dependencies)) dependents.set(on, (dependents.get(on) ?? new Set()).add(name))
      if (dependencies.length === 0) known.delete(name)
      else known.set(name, dependencies)
    },
    after: (name) => dependents.get(name) ?? [],
  }
}
