import { type Token, tokenize } from './tokens.js'

/** A statement at the top level of a module. */
export interface Statement {
  readonly text: string
  readonly tokens: readonly Token[]
  /** Lines in the module, counted from 1. */
  readonly firstLine: number
  readonly lastLine: number
  /** Names it brings into the module's scope. */
  readonly declares: ReadonlySet<string>
  /** Names it imports. */
  readonly imports: readonly ImportedName[]
}

/** `import { imported as local } from 'specifier'`; a namespace is imported as `*`. */
export interface ImportedName {
  readonly local: string
  readonly imported: string
  readonly specifier: string
}

// What begins a line and still belongs to the statement before.
const continuations = new Set(['else', 'catch', 'finally', 'while'])

/**
 * Takes a module apart as esbuild prints it: each statement of the top level begins a line. A config that is written as
 * one function, `defineConfig(async () => { … })`, is taken apart further, as if its statements stood at the top level.
 *
 * @returns One statement that is the whole module when its text was not understood.
 */
export function statementsOf(code: string): readonly Statement[] {
  const tokens = tokenize(code)
  const lines = createLineIndex(code)
  if (tokens === undefined) return [statement(code, lines, [], 0, code.length)]
  return split(code, tokens, 0, '')
    .flatMap((part) => {
      const body = configBody(part)
      if (body === undefined) return [part]
      const [from, to] = body
      return [part.slice(0, from), ...split(code, part.slice(from, to), part[from]?.depth ?? 0, '  '), part.slice(to)]
    })
    .flatMap((own) => (own.length === 0 ? [] : [statement(code, lines, own, own[0]?.start ?? 0, own.at(-1)?.end ?? 0)]))
}

function split(code: string, tokens: readonly Token[], depth: number, indent: string): readonly (readonly Token[])[] {
  const starts = tokens.flatMap((token, index) => {
    if (index === 0) return [0]
    if (token.depth !== depth || token.value === ')' || token.value === ']' || token.value === '}') return []
    const lineStart = token.start - indent.length
    const beginsLine = code[lineStart - 1] === '\n' && code.slice(lineStart, token.start) === indent
    return beginsLine && !continuations.has(token.value) ? [index] : []
  })
  return starts.map((from, nth) => tokens.slice(from, starts[nth + 1] ?? tokens.length))
}

/** From where to where the tokens of `defineConfig(async () => { … })` are its statements. */
function configBody(tokens: readonly Token[]): readonly [number, number] | undefined {
  const call = tokens.findIndex(({ value }) => value === 'defineConfig')
  if (call < 0 || tokens[call + 1]?.value !== '(') return undefined
  const depth = tokens[call + 1]?.depth ?? 0
  const open = tokens.findIndex(({ value, depth: at }, index) => index > call && value === '{' && at === depth + 1)
  const before = tokens[open - 1]?.value
  const close = tokens.findLastIndex(({ value, depth: at }) => value === '}' && at === depth + 1)
  if (open < 0 || close < open || (before !== ')' && before !== '=>')) return undefined
  return [open + 1, close]
}

function statement(
  code: string,
  lineAt: (offset: number) => number,
  tokens: readonly Token[],
  start: number,
  end: number,
): Statement {
  const text = code.slice(start, end)
  return {
    text,
    tokens,
    firstLine: lineAt(start),
    lastLine: lineAt(end),
    declares: tokens.length === 0 ? wordsOf(text) : declaredNames(tokens),
    imports: importedNames(text),
  }
}

/** Lines by offset, for offsets that never go back. */
function createLineIndex(code: string): (offset: number) => number {
  let line = 1
  let next = code.indexOf('\n')
  return (offset) => {
    while (next >= 0 && next < offset) {
      line += 1
      next = code.indexOf('\n', next + 1)
    }
    return line
  }
}

/** All that may be a name in a text: also words in strings, so that none is missed. */
export function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu))
}

function declaredNames(tokens: readonly Token[]): ReadonlySet<string> {
  const [first, second, third] = tokens.filter((token) => !['export', 'default', 'async', '*'].includes(token.value))
  if (first?.value === 'function' || first?.value === 'class')
    return new Set(second?.kind === 'word' ? [second.value] : [])
  if (first === undefined || second === undefined || third === undefined) return new Set()
  if (!['const', 'let', 'var'].includes(first.value)) return new Set()
  // Everything left of an equals sign, or between commas, at the top: patterns give some names too many.
  const names = new Set<string>()
  let onTheLeft = true
  for (const token of tokens.slice(tokens.indexOf(first) + 1)) {
    if (token.depth === 0 && token.value === '=') onTheLeft = false
    else if (token.depth === 0 && (token.value === ',' || token.value === ';')) onTheLeft = true
    else if (onTheLeft && token.kind === 'word') names.add(token.value)
  }
  return names
}

function importedNames(text: string): readonly ImportedName[] {
  const [, clause, specifier] = /^import\s+([^"']*?)\s*from\s*["']([^"']+)["']/.exec(text) ?? []
  if (clause === undefined || specifier === undefined) return []
  const braces = /\{([^}]*)\}/.exec(clause)?.[1] ?? ''
  const named = braces
    .split(',')
    .map((part) => part.trim().split(/\s+as\s+/))
    .filter(([imported]) => imported !== '')
    .map(([imported = '', local = imported]) => ({ local, imported, specifier }))
  const rest = clause
    .replace(/\{[^}]*\}/, '')
    .split(',')
    .map((part) => part.trim())
  const whole = rest.flatMap((part) => {
    const namespace = /^\*\s+as\s+(\S+)$/.exec(part)?.[1]
    if (namespace !== undefined) return [{ local: namespace, imported: '*', specifier }]
    return /^[\w$]+$/.test(part) ? [{ local: part, imported: 'default', specifier }] : []
  })
  return [...named, ...whole]
}

/** Specifiers of `import('…')` in a text. */
export function dynamicImports(text: string): readonly string[] {
  return [...text.matchAll(/\bimport\(\s*["'`]([^"'`$]+)["'`]/g)].map(([, specifier = '']) => specifier)
}
