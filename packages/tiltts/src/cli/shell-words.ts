/** Words as a shell would read them, each in quotes where it needs them. */
export function quoteWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}

/**
 * The words of a line as a shell splits it: blanks separate, quotes and backslashes hold together. Nothing is expanded.
 * `undefined`: a quote is not closed.
 */
export function splitWords(line: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const character = line[i] ?? ''
    const next = line[i + 1]
    if (quote !== '') {
      const escapes = quote === '"' && character === '\\' && next !== undefined && '"\\$`'.includes(next)
      if (character === quote) quote = ''
      else word = (word ?? '') + (escapes ? next : character)
      if (escapes) i++
    } else if (character === "'" || character === '"') {
      quote = character
      word ??= ''
    } else if (character === '\\' && next !== undefined) {
      word = (word ?? '') + next
      i++
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + character
  }
  if (quote !== '') return undefined
  return word === undefined ? words : [...words, word]
}
