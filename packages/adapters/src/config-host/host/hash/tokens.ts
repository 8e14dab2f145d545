/** A word, a bracket or another sign of a JavaScript text; comments and white space are left out. */
export interface Token {
  readonly kind: 'word' | 'sign' | 'text'
  /** For `text` (a string, a part of a template or a regular expression) only its first character. */
  readonly value: string
  readonly start: number
  readonly end: number
  /** How many brackets are open around it; a bracket itself stands outside of what it encloses. */
  readonly depth: number
}

const word = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy
const number = /\.?\d(?:[eE][+-]|[\w.])*/y
// After these words an expression begins, so a slash begins a regular expression.
const beforeExpression = new Set(
  'return typeof case in of delete void throw new do else instanceof await yield default extends'.split(' '),
)

/**
 * Reads a JavaScript text into tokens. It is made for what esbuild prints, and only to find where statements and
 * functions begin and end: it checks nothing.
 *
 * @returns `undefined` when the brackets do not fit together, so that the text was not understood.
 */
export function tokenize(source: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  // `}` of a template's substitution goes on with the template.
  const open: ('(' | '[' | '{' | '`')[] = []
  let at = 0

  const push = (kind: Token['kind'], value: string, start: number): void => {
    tokens.push({ kind, value, start, end: at, depth: open.length })
  }
  /** Runs to the end of a template or to its next substitution. */
  const template = (start: number): void => {
    while (at < source.length) {
      const char = source[at]
      if (char === '`') {
        at += 1
        push('text', source[start] as string, start)
        return
      }
      if (char === '$' && source[at + 1] === '{') {
        at += 2
        push('text', source[start] as string, start)
        open.push('`')
        return
      }
      at += char === '\\' ? 2 : 1
    }
  }

  while (at < source.length) {
    const start = at
    const char = source[at] as string
    if (/\s/.test(char)) at += 1
    else if (source.startsWith('//', at)) at = endOf(source, '\n', at)
    else if (source.startsWith('/*', at)) at = endOf(source, '*/', at + 2)
    else if (char === '"' || char === "'") {
      at = endOfString(source, at)
      push('text', char, start)
    } else if (char === '`') {
      at += 1
      template(start)
    } else if (char === '/' && expressionMayBegin(source, tokens.at(-1))) {
      at = endOfRegExp(source, at)
      push('text', char, start)
    } else if (char === '(' || char === '[' || char === '{') {
      at += 1
      push('sign', char, start)
      open.push(char)
    } else if (char === ')' || char === ']' || char === '}') {
      const opened = open.pop()
      at += 1
      if (opened === '`' && char === '}') template(start)
      else if (opened === undefined || opened + char !== { '(': '()', '[': '[]', '{': '{}', '`': '' }[opened])
        return undefined
      else push('sign', char, start)
    } else {
      const matched = match(word, source, at) ?? match(number, source, at)
      at += matched?.length ?? (source.startsWith('=>', at) ? 2 : 1)
      push(matched === undefined ? 'sign' : 'word', source.slice(start, at), start)
    }
  }
  return open.length === 0 ? tokens : undefined
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}

function endOf(source: string, end: string, from: number): number {
  const found = source.indexOf(end, from)
  return found < 0 ? source.length : found + end.length
}

function endOfString(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1
    else if (source[at] === source[start]) return at + 1
  }
  return source.length
}

function endOfRegExp(source: string, start: number): number {
  let inClass = false
  for (let at = start + 1; at < source.length; at += 1) {
    const char = source[at]
    if (char === '\\') at += 1
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) return at + 1
    else if (char === '\n') return start + 1
  }
  return start + 1
}

function expressionMayBegin(source: string, before: Token | undefined): boolean {
  if (before === undefined) return true
  if (before.kind === 'text') return source.slice(before.end - 2, before.end) === '${'
  if (before.kind === 'word') return beforeExpression.has(before.value)
  return before.value !== ')' && before.value !== ']' && before.value !== '}'
}
