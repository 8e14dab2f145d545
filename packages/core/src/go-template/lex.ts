import { GoTemplateError } from './nodes.js'

export interface Token {
  readonly type: TokenType
  readonly text: string
  readonly at: number
}

/** `space` counts: `.a .b` are two operands, `.a.b` is one. */
export type TokenType =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'field'
  | 'dot'
  | 'variable'
  | 'word'
  | 'number'
  | 'char'
  | 'string'
  | 'raw'
  | 'sign'

const inAction: readonly (readonly [TokenType, RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['number', /[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y],
  ['dot', /\./y],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['string', /"(?:[^"\\\n]|\\.)*"/y],
  ['raw', /`[^`]*`/y],
  ['char', /'(?:[^'\\\n]|\\[^\n])[^'\n]*'/y],
  ['sign', /:=|[=|(),]/y],
]

/** The words and signs of a template; comments are left out, trimming is done. Throws a GoTemplateError. */
export function lex(template: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  let trims = false
  while (at < template.length) {
    const start = template.indexOf('{{', at)
    const end = start < 0 ? template.length : start
    let text = template.slice(at, end)
    if (trims) text = text.replace(/^[ \t\r\n]+/, '')
    const trimsBefore = /^\{\{-[ \t\r\n]/.test(template.slice(end, end + 4))
    if (trimsBefore) text = text.replace(/[ \t\r\n]+$/, '')
    if (text !== '') tokens.push({ type: 'text', text, at })
    if (start < 0) break
    const inner = start + (trimsBefore ? 3 : 2)
    const comment = commentFrom(template, inner)
    const closed = comment ?? lexAction(template, start, inner, tokens)
    at = closed.at
    trims = closed.trims
  }
  return tokens
}

interface Closed {
  /** Behind the closing braces. */
  readonly at: number
  readonly trims: boolean
}

const close = /(?:[ \t\r\n]+-)?\}\}/y

function closeAt(template: string, at: number): Closed | undefined {
  close.lastIndex = at
  const [found] = close.exec(template) ?? []
  return found === undefined ? undefined : { at: at + found.length, trims: found.length > 2 }
}

function commentFrom(template: string, inner: number): Closed | undefined {
  const start = /^[ \t\r\n]*\/\*/.exec(template.slice(inner))
  if (start === null) return undefined
  const end = template.indexOf('*/', inner + start[0].length)
  if (end < 0) throw syntax(template, inner, 'unclosed comment')
  const closed = closeAt(template, end + 2)
  if (closed === undefined) throw syntax(template, inner, 'comment ends before closing delimiter')
  return closed
}

function lexAction(template: string, start: number, inner: number, tokens: Token[]): Closed {
  tokens.push({ type: 'open', text: '{{', at: start })
  let at = inner
  for (;;) {
    const closed = closeAt(template, at)
    if (closed !== undefined) {
      tokens.push({ type: 'close', text: '}}', at })
      return closed
    }
    if (at >= template.length) throw syntax(template, start, 'unclosed action')
    const token = tokenAt(template, at)
    tokens.push(token)
    at += token.text.length
  }
}

function tokenAt(template: string, at: number): Token {
  for (const [type, pattern] of inAction) {
    pattern.lastIndex = at
    const [text] = pattern.exec(template) ?? []
    if (text !== undefined) return { type, text, at }
  }
  const character = String.fromCodePoint(template.codePointAt(at) ?? 0)
  if (character === '"') throw syntax(template, at, 'unterminated quoted string')
  if (character === '`') throw syntax(template, at, 'unterminated raw quoted string')
  if (character === "'") throw syntax(template, at, 'unterminated character constant')
  const code = (template.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  throw syntax(template, at, `unrecognized character in action: U+${code} '${character}'`)
}

/** What cannot be read as a template, with its line. */
export function syntax(template: string, at: number, message: string): GoTemplateError {
  return new GoTemplateError(`template: output:${template.slice(0, at).split('\n').length}: ${message}`)
}
