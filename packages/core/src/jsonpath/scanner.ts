import { JsonPathError } from './nodes.js'

/** A place in a text that moves on as it is read. */
export interface Scanner {
  /** The character at the place; '' at the end. */
  readonly here: string
  startsWith(text: string): boolean
  skip(count: number): void
  /** Reads on as long as the character is so; a backslash takes the next one with it. */
  while(isSo: (character: string) => boolean): string
  /** Reads up to a character and past it. Throws a JsonPathError when it does not come in this line. */
  until(end: string, unterminated: string): string
}

/** Begins at the start of a text. */
export function scan(text: string): Scanner {
  let at = 0
  return {
    get here() {
      return text.charAt(at)
    },
    startsWith: (start) => text.startsWith(start, at),
    skip(count) {
      at += count
    },
    while(isSo) {
      const start = at
      while (at < text.length && (text[at] === '\\' || isSo(text.charAt(at)))) at += text[at] === '\\' ? 2 : 1
      return text.slice(start, at)
    },
    until(end, unterminated) {
      const start = at
      while (text[at] !== end) {
        if (at >= text.length || text[at] === '\n') throw new JsonPathError(unterminated)
        at++
      }
      return text.slice(start, at++)
    },
  }
}

/** The text between quotes, with escapes read as Go reads them. `at` stands behind the opening quote. */
export function quoted(scanner: Scanner, quote: string): string {
  let text = ''
  while (scanner.here !== quote) {
    const character = scanner.here
    if (character === '' || character === '\n') throw new JsonPathError('unterminated quoted string')
    scanner.skip(1)
    text += character === '\\' ? escaped(scanner) : character
  }
  scanner.skip(1)
  return text
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

const codeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

function escaped(scanner: Scanner): string {
  const character = scanner.here
  scanner.skip(1)
  const known = escapes[character]
  if (known !== undefined) return known
  const length = codeLengths[character]
  let digits = ''
  while (digits.length < (length ?? 0) && /[0-9a-fA-F]/.test(scanner.here)) {
    digits += scanner.here
    scanner.skip(1)
  }
  const code = Number.parseInt(digits, 16)
  if (digits.length === length && code <= 0x10ffff) return String.fromCodePoint(code)
  throw new JsonPathError(`\\${character} is no escape in a quoted string`)
}
