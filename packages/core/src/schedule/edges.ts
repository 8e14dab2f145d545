import type { EdgeKind } from '@tiltts/spec'
import type { Candidate, DependencyState } from './types.js'

/** A dependency that still delays an update. */
export interface UnmetEdge {
  readonly on: string
  readonly edge: EdgeKind
  /** Absent: no such resource. */
  readonly state: DependencyState | undefined
}

/**
 * The dependencies that hold a candidate back now.
 *
 * `first` and `rerun` want the other to have been ready once, `after` wants one success of it; all three only delay the
 * first update. `ready` wants it ready now, before each update.
 */
export function unmetEdges(
  candidate: Pick<Candidate, 'first' | 'edges'>,
  dependency: (name: string) => DependencyState | undefined,
): readonly UnmetEdge[] {
  const unmet: UnmetEdge[] = []
  for (const { on, edge } of candidate.edges) {
    if (!candidate.first && edge !== 'ready') continue
    const state = dependency(on)
    if (state === undefined || !isMet(edge, state)) unmet.push({ on, edge, state })
  }
  return unmet
}

function isMet(edge: EdgeKind, state: DependencyState): boolean {
  switch (edge) {
    case 'first':
    case 'rerun':
      return state.readyOnce
    case 'after':
      return state.succeededOnce
    case 'ready':
      return state.ready
  }
}
