import { functionNames } from './functions.js'
import { lex, syntax, type Token } from './lex.js'
import { literalOf } from './literal.js'
import type { Command, Node, Operand, Parsed, Pipeline, Place } from './nodes.js'

/** Understands a template. Throws a GoTemplateError with the line. */
export function parse(template: string): Parsed {
  const tokens = lex(template)
  const defined = new Map<string, readonly Node[]>()
  let next = 0
  /** Names of the variables that there are here, the newest last. */
  let variables: string[] = ['']
  let loops = 0

  const fail = (message: string, token = tokens[next]): Error => syntax(template, token?.at ?? template.length, message)
  const peek = (): Token | undefined => tokens[next]
  const take = (): Token => {
    const token = tokens[next++]
    if (token === undefined) throw fail('unexpected EOF')
    return token
  }
  const skipSpace = (): void => {
    while (peek()?.type === 'space') next++
  }
  const close = (where: string): void => {
    skipSpace()
    const token = take()
    if (token.type !== 'close') throw fail(`unexpected ${shown(token)} in ${where}`, token)
  }
  const placeFrom = (start: Token | undefined): Place => {
    const from = start?.at ?? template.length
    return { at: from, text: template.slice(from, peek()?.at ?? template.length).trim() }
  }

  interface Block {
    readonly nodes: readonly Node[]
    readonly end: 'end' | 'else' | 'eof'
  }

  /** Nodes up to `end` or `else`, whose word has been read. */
  function block(isRoot: boolean): Block {
    const nodes: Node[] = []
    for (;;) {
      const token = peek()
      if (token === undefined) {
        if (!isRoot) throw fail('unexpected EOF')
        return { nodes, end: 'eof' }
      }
      next++
      if (token.type === 'text') {
        nodes.push({ type: 'text', text: token.text })
        continue
      }
      skipSpace()
      const word = peek()
      if (word?.type === 'word' && (word.text === 'end' || word.text === 'else')) {
        if (isRoot) throw fail(`unexpected {{${word.text}}}`, word)
        next++
        return { nodes, end: word.text }
      }
      nodes.push(...action(isRoot))
    }
  }

  function action(isRoot: boolean): readonly Node[] {
    const word = peek()
    if (word?.type === 'word') {
      switch (word.text) {
        case 'if':
        case 'with':
        case 'range':
          next++
          return [control(word.text)]
        case 'break':
        case 'continue':
          next++
          close(word.text)
          if (loops === 0) throw fail(`{{${word.text}}} outside {{range}}`, word)
          return [{ type: word.text }]
        case 'define':
          if (!isRoot) throw fail('unexpected {{define}}', word)
          next++
          define(name('define'), 'define clause')
          return []
        case 'template':
          next++
          return [include(word, 'template clause')]
        case 'block': {
          next++
          const node = include(word, 'block clause')
          define(node.name)
          return [node]
        }
      }
    }
    const node: Node = { type: 'action', pipeline: pipeline('command', 2) }
    close('command')
    return [node]
  }

  function name(where: string): string {
    skipSpace()
    const token = take()
    if (token.type !== 'string' && token.type !== 'raw')
      throw fail(`unexpected ${shown(token)} in ${where} clause`, token)
    return String(literalOf(token))
  }

  function include(word: Token, where: string): Extract<Node, { type: 'template' }> {
    skipSpace()
    const at = peek()?.at ?? word.at
    const named = name(word.text)
    skipSpace()
    const given = peek()?.type === 'close' ? undefined : pipeline(where, 2)
    const place = { at, text: `{{${placeFrom(word).text}}}` }
    close(where)
    return { type: 'template', name: named, pipeline: given, place }
  }

  /** The body of a template of a name, which has variables of its own. */
  function define(named: string, closes?: string): void {
    if (closes !== undefined) close(closes)
    const outer = variables
    variables = ['']
    const { nodes, end } = block(false)
    if (end === 'else') throw fail('unexpected {{else}} in define clause')
    close('end')
    variables = outer
    defined.set(named, nodes)
  }

  function control(type: 'if' | 'with' | 'range'): Node {
    const known = variables.length
    const given = pipeline(type, type === 'range' ? 2 : 1)
    close(type)
    if (type === 'range') loops++
    const { nodes: body, end } = block(false)
    if (type === 'range') loops--
    let otherwise: readonly Node[] = []
    if (end === 'else') {
      skipSpace()
      const word = peek()
      if (type !== 'range' && word?.type === 'word' && word.text === type) {
        next++
        otherwise = [control(type)]
        variables = variables.slice(0, known)
        return { type, pipeline: given, body, otherwise }
      }
      close('else')
      const rest = block(false)
      if (rest.end === 'else') throw fail('expected end; found {{else}}')
      otherwise = rest.nodes
    }
    close('end')
    variables = variables.slice(0, known)
    return { type, pipeline: given, body, otherwise }
  }

  /** @param most how many variables it may have */
  function pipeline(where: string, most: number): Pipeline {
    skipSpace()
    const start = peek()
    const { names, declares } = declaration(where, most)
    const commands: Command[] = []
    for (;;) {
      commands.push(command(where))
      skipSpace()
      if (peek()?.text !== '|' || peek()?.type !== 'sign') break
      next++
    }
    commands.slice(1).forEach(({ operands: [first] }, index) => {
      if (first?.type === 'literal' || first?.type === 'dot')
        throw fail(`non executable command in pipeline stage ${index + 2}`)
    })
    if (declares) variables.push(...names)
    return { ...placeFrom(start), variables: names, declares, commands }
  }

  function declaration(where: string, most: number): { readonly names: readonly string[]; readonly declares: boolean } {
    const before = next
    const names: string[] = []
    for (;;) {
      skipSpace()
      const token = peek()
      if (token?.type !== 'variable') break
      next++
      names.push(token.text.slice(1))
      skipSpace()
      const sign = peek()
      if (sign?.type !== 'sign') break
      if (sign.text === ':=' || sign.text === '=') {
        next++
        if (names.length > most) throw fail(`too many declarations in ${where}`)
        if (sign.text === '=')
          for (const each of names) if (!variables.includes(each)) throw fail(`undefined variable "$${each}"`, token)
        return { names, declares: sign.text === ':=' }
      }
      if (sign.text !== ',' || where !== 'range') break
      next++
    }
    next = before
    return { names: [], declares: true }
  }

  function command(where: string): Command {
    const operands: Operand[] = []
    skipSpace()
    const start = peek()
    for (;;) {
      skipSpace()
      const token = peek()
      if (token === undefined || token.type === 'close' || (token.type === 'sign' && token.text !== '(')) break
      operands.push(operand(token))
      const after = peek()
      if (after?.type !== 'space' && after?.type !== 'close' && after?.type !== 'sign' && after !== undefined)
        throw fail(`unexpected ${shown(after)} in operand`, after)
    }
    if (operands.length === 0) {
      const token = peek()
      throw token?.type === 'sign' && token.text !== ')'
        ? fail(`unexpected ${shown(token)} in ${where}`, token)
        : fail(`missing value for ${where}`)
    }
    return { ...placeFrom(start), operands }
  }

  /** `.a.b` as one; where it stands is where its second field does, as Go has it. */
  function fields(first: Token): { readonly path: readonly string[]; readonly at: number } {
    const path: string[] = []
    const at = peek()?.type === 'field' ? (peek()?.at ?? first.at) : first.at
    for (let token = peek(); token?.type === 'field'; token = peek()) {
      next++
      path.push(token.text.slice(1))
    }
    return { path, at }
  }

  function operand(token: Token): Operand {
    next++
    const text = (): string => template.slice(token.at, peek()?.at ?? template.length)
    switch (token.type) {
      case 'field': {
        const { path, at } = fields(token)
        return { type: 'field', path: [token.text.slice(1), ...path], at, text: text() }
      }
      case 'variable': {
        const named = token.text.slice(1)
        if (!variables.includes(named)) throw fail(`undefined variable "${token.text}"`, token)
        const { path, at } = fields(token)
        return { type: 'variable', name: named, path, at, text: text() }
      }
      case 'dot':
        return { type: 'dot', at: token.at, text: '.' }
      case 'word':
        if (token.text === 'true' || token.text === 'false')
          return { type: 'literal', value: token.text === 'true', at: token.at, text: token.text }
        if (token.text === 'nil') return { type: 'literal', value: null, at: token.at, text: 'nil' }
        if (!functionNames.has(token.text)) throw fail(`function "${token.text}" not defined`, token)
        return { type: 'function', name: token.text, at: token.at, text: token.text }
      case 'number':
      case 'char':
      case 'string':
      case 'raw': {
        const value = literalOf(token)
        if (value === undefined) throw fail(`bad ${token.type} syntax: ${shown(token)}`, token)
        return { type: 'literal', value, at: token.at, text: token.text }
      }
      case 'sign': {
        const inner = pipeline('parenthesized pipeline', 0)
        skipSpace()
        const closing = take()
        if (closing.text !== ')') throw fail(`unexpected ${shown(closing)} in parenthesized pipeline`, closing)
        const { path, at } = fields(token)
        return { type: 'pipeline', pipeline: inner, path, at, text: text() }
      }
      default:
        throw fail(`unexpected ${shown(token)} in operand`, token)
    }
  }

  return { root: block(true).nodes, defined }
}

const keywords = /^(\.|block|break|continue|define|else|end|if|nil|range|template|with)$/

/** A token as Go's messages have it. */
function shown({ type, text }: Token): string {
  if (type === 'dot' || (type === 'word' && keywords.test(text))) return `<${text}>`
  return text.length > 10 ? `${JSON.stringify(text.slice(0, 10))}...` : JSON.stringify(text)
}
