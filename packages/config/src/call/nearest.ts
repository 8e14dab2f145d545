/** The candidate that a misspelt name most likely means, if one is near enough. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(name.length / 3)) + 0.5
  for (const candidate of candidates) {
    const distance = distanceOf(name.toLowerCase(), candidate.toLowerCase())
    if (distance < least) {
      best = candidate
      least = distance
    }
  }
  return best
}

/** Abbreviations count half: `command` means `cmd`, `dependencies` means `deps`. */
function distanceOf(name: string, candidate: string): number {
  const [short, long] = name.length < candidate.length ? [name, candidate] : [candidate, name]
  const abbreviates = short.length >= 2 && short[0] === long[0] && isSubsequence(short, long)
  return editDistance(name, candidate) / (abbreviates ? 2 : 1)
}

function isSubsequence(short: string, long: string): boolean {
  let from = 0
  for (const letter of short) {
    const found = long.indexOf(letter, from)
    if (found < 0) return false
    from = found + 1
  }
  return true
}

/** `Did you mean x?`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>, quote = '`'): string | undefined {
  const best = nearest(name, candidates)
  return best === undefined ? undefined : `Did you mean ${quote}${best}${quote}?`
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      if (from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? cost) + 1)
      }
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[to.length] ?? 0
}
