/** How much of a text is handed on. */
export interface Bounds {
  readonly lines: number
  /** In UTF-16 units. */
  readonly characters: number
  /** Which part counts: the end of a log, the start of what tells the most important first. @default 'end' */
  readonly keep?: 'start' | 'end' | undefined
}

/** What an agent takes in at once without losing sight of its task. */
export const defaultBounds: Bounds = { lines: 500, characters: 20_000 }
/** So much of one line is shown. */
const longestLine = 2_000

/** As much of a text as the bounds allow; what is cut is said in its first line. */
export function bounded(text: string, { lines, characters, keep = 'end' }: Bounds = defaultBounds): string {
  const all = text.replace(/\n$/, '').split('\n')
  const inOrder = <T>(list: readonly T[]): readonly T[] => (keep === 'start' ? list : list.toReversed())
  const kept: string[] = []
  let size = 0
  let shortened = 0
  for (const line of inOrder(all).slice(0, lines)) {
    const shown = line.length > longestLine ? `${wellFormed(line.slice(0, longestLine))}…` : line
    if (size + shown.length + 1 > characters && kept.length > 0) break
    if (shown !== line) shortened++
    size += shown.length + 1
    kept.push(shown)
  }
  const gone = all.length - kept.length
  const cuts = [
    ...(gone > 0 ? [`${gone} ${keep === 'start' ? 'later' : 'earlier'} lines are left out`] : []),
    ...(shortened > 0 ? [`${shortened} lines are cut after ${longestLine} characters`] : []),
  ]
  return [...(cuts.length > 0 ? [`[${cuts.join('; ')}]`] : []), ...inOrder(kept)].join('\n')
}

const wellFormed = (text: string): string => Buffer.from(text).toString()
