/** What stands in either list, sorted, each once. The first is sorted already. */
export function sortedUnion(sorted: readonly string[], added: readonly string[]): readonly string[] {
  const fresh = [...new Set(added)].toSorted(byText)
  const union: string[] = []
  let next = 0
  for (const path of sorted) {
    for (let other = fresh[next]; other !== undefined && other <= path; other = fresh[++next])
      if (other !== path) union.push(other)
    union.push(path)
  }
  for (; next < fresh.length; next++) union.push(fresh[next] ?? '')
  return union.length === sorted.length ? sorted : union
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
