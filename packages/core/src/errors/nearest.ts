/** How many suggestions help; more would be a list to read. */
const most = 3

/**
 * The candidates that somebody who wrote `name` may have meant, best first, at most three.
 * Near means: the same but for case, `-` and `_`; a few letters wrong, missing, too many or swapped; or the beginning.
 * @example nearest('databse', ['cache', 'database'])  // ['database']
 */
export function nearest(name: string, candidates: Iterable<string>): readonly string[] {
  const wanted = plain(name)
  const found: { readonly candidate: string; readonly distance: number }[] = []
  for (const candidate of new Set(candidates)) {
    const distance = candidate === name ? undefined : distanceTo(wanted, plain(candidate))
    if (distance !== undefined) found.push({ candidate, distance })
  }
  // The sort is stable: equally near ones stay in the order given.
  return found
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate)
}

/** "Did you mean" as one line, `undefined` when nothing is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const names = nearest(name, candidates).map((candidate) => `\`${candidate}\``)
  if (names.length === 0) return undefined
  return `Did you mean ${names.length === 1 ? '' : `${names.slice(0, -1).join(', ')} or `}${names.at(-1)}?`
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '')
}

function distanceTo(wanted: string, candidate: string): number | undefined {
  const allowed = Math.min(3, Math.ceil(Math.min(wanted.length, candidate.length) / 3))
  const distance = Math.abs(wanted.length - candidate.length) <= allowed ? editDistance(wanted, candidate) : Infinity
  if (distance <= allowed && distance < candidate.length) return distance
  const shorter = Math.min(wanted.length, candidate.length)
  const isBeginning = candidate.startsWith(wanted) || wanted.startsWith(candidate)
  return shorter >= 2 && isBeginning ? allowed + 1 : undefined
}

/** Letters to be changed, added, left out, or swapped with the next one. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1)
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
