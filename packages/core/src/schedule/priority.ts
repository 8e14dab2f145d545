import type { Candidate } from './types.js'

/**
 * Candidates in the order in which they may start: first those that never started and start by themselves, local ones
 * leading, as declared; then triggered ones, first in first out; then by the earliest pending change. Declaration order
 * breaks ties.
 */
export function byPriority(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted(
    (a, b) =>
      group(a) - group(b) ||
      typeRank(a) - typeRank(b) ||
      since(a) - since(b) ||
      a.order - b.order ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  )
}

function group(candidate: Candidate): 0 | 1 | 2 {
  if (candidate.initial) return 0
  return candidate.triggeredAt === undefined ? 2 : 1
}

/** Only first updates are ranked by type. */
function typeRank(candidate: Candidate): number {
  return candidate.initial ? firstUpdateRank[candidate.type] : 0
}

const firstUpdateRank: Readonly<Record<Candidate['type'], number>> = { local: 0, k8s: 1, 'docker-compose': 1 }

function since(candidate: Candidate): number {
  if (candidate.initial) return 0
  // Not Infinity: the difference of two would be NaN, and no order.
  return candidate.triggeredAt ?? candidate.pendingSince ?? Number.MAX_SAFE_INTEGER
}
