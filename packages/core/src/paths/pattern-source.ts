/** A pattern is malformed: an open bracket, an empty class, a backslash at the end. */
export const malformed: unique symbol = Symbol('malformed')

/**
 * A cleaned pattern as the source of a regular expression (with flag `u`) for relative paths.
 * - `*` and `?` stay within one part of the path
 * - `**` spans any number of whole parts, also none; at the end, everything
 * - `**` at the start, when nothing else in the pattern is special, leaves the start of the path open: `**.go`, and
 *   also `**foo` for `barfoo`
 */
export function patternSource(pattern: string): string | typeof malformed {
  const pieces: string[] = []
  let special = false
  let at = 0
  while (at < pattern.length) {
    const rest = pattern.slice(at)
    const stars = /^\*\*\/?/.exec(rest)?.[0]
    if (stars !== undefined) {
      at += stars.length
      const atEnd = at === pattern.length
      special ||= atEnd || pieces.length > 0
      pieces.push(atEnd ? '.*' : '(?:.*/)?')
      continue
    }
    const token = nextToken(rest)
    if (token === malformed) return malformed
    at += token.length
    special ||= token.special
    pieces.push(token.source)
  }
  if (!special && /^\*\*[^/]/.test(pattern)) pieces[0] = '.*'
  return pieces.join('')
}

interface Token {
  /** How much of the pattern it takes. */
  readonly length: number
  readonly source: string
  readonly special: boolean
}

function nextToken(text: string): Token | typeof malformed {
  const char = characterAt(text, 0)
  if (char === '*') return { length: 1, source: '[^/]*', special: true }
  if (char === '?') return { length: 1, source: '[^/]', special: true }
  if (char === '[') return characterClass(text)
  if (char !== '\\') return { length: char.length, source: quote(char), special: false }
  const escaped = characterAt(text, 1)
  return escaped === '' ? malformed : { length: 1 + escaped.length, source: quote(escaped), special: true }
}

/** `[a-z]` or `[^abc]`, with escapes. A negated class matches a slash too. */
function characterClass(text: string): Token | typeof malformed {
  let at = text.startsWith('[^') ? 2 : 1
  let source = text.slice(0, at)
  const take = (): string => {
    if (text.charAt(at) === '\\') at++
    else if (text.charAt(at) === '-' || text.charAt(at) === ']') return ''
    const char = characterAt(text, at)
    at += char.length
    return char
  }
  do {
    const from = take()
    let to = from
    if (from !== '' && text.charAt(at) === '-') {
      at++
      to = take()
    }
    if (from === '' || to === '' || (from.codePointAt(0) ?? 0) > (to.codePointAt(0) ?? 0)) return malformed
    source += `${quote(from).replace('-', '\\-')}-${quote(to).replace('-', '\\-')}`
  } while (text.charAt(at) !== ']')
  return { length: at + 1, source: `${source}]`, special: true }
}

/** The whole character at a place, `''` past the end. */
function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at)
  return code === undefined ? '' : String.fromCodePoint(code)
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
