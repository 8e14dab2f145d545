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
 * `first` and `rerun` want the other to have been ready once, `after` wants one success of it, `started` its container
 * seen running once, `completed` its container ended with code 0 once; all these only delay the first update. `ready`
 * wants it ready now, before each update. What goes straight into running containers waits for nobody.
 */
export function unmetEdges(
  candidate: Pick<Candidate, 'first' | 'edges' | 'live'>,
  dependency: (name: string) => DependencyState | undefined,
): readonly UnmetEdge[] {
  const unmet: UnmetEdge[] = []
  if (candidate.live) return unmet
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
    case 'started':
      return state.startedOnce
    case 'completed':
      return state.completedOnce
  }
}
