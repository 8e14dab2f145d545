/** Replaces fixed texts, all in one pass. */
export interface Replacer {
  replace(text: string): string
  /** Up to where an unfinished text can be replaced by itself, whatever comes after it. */
  safeEnd(text: string): number
}

/** Beginnings of this length are searched for; the rest is compared. It keeps the pattern small. */
const searched = 16

/** Of texts that begin at the same place the longest is replaced. */
export function createReplacer(replacements: ReadonlyMap<string, string>): Replacer {
  const values = [...replacements.keys()].sort((a, b) => b.length - a.length)
  const longest = values[0]?.length ?? 0
  const beginnings = new Set(values.map((value) => value.slice(0, searched)))
  const source = [...beginnings].map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')
  const pattern = new RegExp(source, 'g')

  /** Calls back for each place where a value stands, in order, until it answers false. */
  function eachPlace(text: string, from: number, found: (start: number, value: string) => boolean): void {
    pattern.lastIndex = from
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const { index } = match
      const value = values.find((one) => text.startsWith(one, index))
      pattern.lastIndex = index + (value?.length ?? 1)
      if (value !== undefined && !found(index, value)) return
    }
  }

  return {
    replace(text) {
      let out = ''
      let done = 0
      eachPlace(text, 0, (start, value) => {
        out += text.slice(done, start) + (replacements.get(value) ?? '')
        done = start + value.length
        return true
      })
      return done === 0 ? text : out + text.slice(done)
    },
    safeEnd(text) {
      let end = Math.max(0, text.length - longest + 1)
      eachPlace(text, Math.max(0, end - longest), (start, value) => {
        if (start < end) end = Math.max(end, start + value.length)
        return start < end
      })
      return end
    },
  }
}
