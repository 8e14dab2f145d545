import type { ResourceEdge } from '@tiltts/spec'
import { setIndex } from '../set-index.js'

/** Who runs again after each success of whom; worked out anew only for resources whose dependencies changed. */
export interface RerunIndex {
  set(name: string, dependencies: readonly ResourceEdge[]): void
  /** Resources that run again after each success of this one. */
  after(name: string): Iterable<string>
}

export function rerunIndex(): RerunIndex {
  const known = new Map<string, readonly ResourceEdge[]>()
  const dependents = setIndex()
  const rerunsOf = (edges: readonly ResourceEdge[]): readonly string[] =>
    edges.filter(({ edge }) => edge === 'rerun').map(({ on }) => on)

  return {
    set(name, dependencies) {
      const before = known.get(name) ?? []
      if (before === dependencies) return
      for (const on of rerunsOf(before)) dependents.leave(on, name)
      for (const on of rerunsOf(dependencies)) dependents.join(on, name)
      if (dependencies.length === 0) known.delete(name)
      else known.set(name, dependencies)
    },
    after: dependents.of,
  }
}
