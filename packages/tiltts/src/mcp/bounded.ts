/** How much of a text is handed on. */
export interface Bounds {
  readonly lines: number
  /** In UTF-16 units. */
  readonly characters: number
}

/** What an agent takes in at once without losing sight of its task. */
export const defaultBounds: Bounds = { lines: 500, characters: 20_000 }
/** So much of one line is shown. */
const longestLine = 2_000

/** The end of a text, as much of it as the bounds allow; what is cut is said in its first line. */
export function bounded(text: string, bounds: Bounds = defaultBounds): string {
  const all = text.replace(/\n$/, '').split('\n')
  const kept: string[] = []
  let size = 0
  let shortened = 0
  for (const line of all.slice(-bounds.lines).reverse()) {
    const shown = line.length > longestLine ? `${wellFormed(line.slice(0, longestLine))}…` : line
    if (size + shown.length + 1 > bounds.characters && kept.length > 0) break
    if (shown !== line) shortened++
    size += shown.length + 1
    kept.push(shown)
  }
  const gone = all.length - kept.length
  const cuts = [
    ...(gone > 0 ? [`${gone} earlier lines are left out`] : []),
    ...(shortened > 0 ? [`${shortened} lines are cut after ${longestLine} characters`] : []),
  ]
  return [...(cuts.length > 0 ? [`[${cuts.join('; ')}]`] : []), ...kept.reverse()].join('\n')
}

const wellFormed = (text: string): string => Buffer.from(text).toString()
