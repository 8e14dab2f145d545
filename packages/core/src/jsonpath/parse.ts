import { type Expression, type Filter, JsonPathError, type Part, type Slice, type Step } from './nodes.js'
import { quoted, type Scanner, scan } from './scanner.js'

/** The parts of a template such as `{range .items[*]}{.metadata.name}{"\n"}{end}`. Throws a JsonPathError. */
export function parseTemplate(text: string): readonly Part[] {
  const scanner = scan(text)
  const parts = partsUntilEnd(scanner, 0)
  return parts
}

function partsUntilEnd(scanner: Scanner, depth: number): readonly Part[] {
  const parts: Part[] = []
  while (scanner.here !== '') {
    if (scanner.here !== '{') {
      // A backslash is nothing special between expressions.
      let literal = ''
      for (; scanner.here !== '' && scanner.here !== '{'; scanner.skip(1)) literal += scanner.here
      parts.push({ type: 'find', expression: [{ type: 'literal', value: literal }] })
      continue
    }
    scanner.skip(1)
    const { word, steps } = action(scanner)
    if (word === 'end') {
      if (depth > 0) return parts
      throw new JsonPathError('not in range, nothing to end')
    }
    if (word === 'range') parts.push({ type: 'range', over: steps, body: partsUntilEnd(scanner, depth + 1) })
    else parts.push({ type: 'find', expression: steps })
  }
  if (depth > 0) throw new JsonPathError('range has no end')
  return parts
}

interface Action {
  /** `range` or `end`, when it begins so. */
  readonly word?: 'range' | 'end'
  readonly steps: Expression
}

/** What stands between braces; the scanner stands behind the opening one. */
function action(scanner: Scanner): Action {
  while (scanner.here === ' ') scanner.skip(1)
  const steps = expressionUntilBrace(scanner)
  const [first] = steps
  if (first?.type === 'unknown' && (first.word === 'range' || first.word === 'end'))
    return { word: first.word, steps: steps.slice(1) }
  return { steps }
}

/** An expression without braces around it. */
function expressionOf(text: string): Expression {
  return expressionUntilBrace(scan(`${text}}`))
}

function expressionUntilBrace(scanner: Scanner): Expression {
  const steps: Step[] = []
  for (;;) {
    const { here } = scanner
    if (here === '}') {
      scanner.skip(1)
      return steps
    }
    if (here === '' || here === '\n' || here === '\r') throw new JsonPathError('unclosed action')
    if (here === ' ' || here === '@' || here === '$') scanner.skip(1)
    else if (scanner.startsWith('[?(')) steps.push({ type: 'filter', filter: filterOf(scanner) })
    else if (scanner.startsWith('..')) steps.push(...descent(scanner, steps))
    else if (here === '[') steps.push(...bracket(scanner))
    else if (here === '.') steps.push(dotted(scanner))
    else if (here === '"' || here === "'") {
      scanner.skip(1)
      steps.push({ type: 'literal', value: quoted(scanner, here) })
    } else if (/[-+\d]/.test(here)) steps.push({ type: 'literal', value: numberOf(scanner) })
    else if (/[\p{L}_]/u.test(here)) steps.push(wordStep(scanner))
    else throw new JsonPathError(`unrecognized character in action: '${here}'`)
  }
}

const endsName = /[\s.,[\]$@{}]/

function nameOf(scanner: Scanner): string {
  return scanner.while((character) => !endsName.test(character)).replace(/\\/g, '')
}

function dotted(scanner: Scanner): Step {
  scanner.skip(1)
  return fieldStep(nameOf(scanner))
}

const fieldStep = (name: string): Step => (name === '*' ? { type: 'wildcard' } : { type: 'field', name })

function descent(scanner: Scanner, before: Expression): Expression {
  if (before.at(-1)?.type === 'descent') throw new JsonPathError('invalid multiple recursive descent')
  scanner.skip(2)
  return /[\p{L}\d_]/u.test(scanner.here)
    ? [{ type: 'descent' }, { type: 'field', name: nameOf(scanner) }]
    : [{ type: 'descent' }]
}

function wordStep(scanner: Scanner): Step {
  const word = nameOf(scanner)
  return word === 'true' || word === 'false' ? { type: 'literal', value: word === 'true' } : { type: 'unknown', word }
}

function numberOf(scanner: Scanner): number {
  let text = ''
  for (; text === '' ? /[-+\d]/.test(scanner.here) : /[\d.]/.test(scanner.here); scanner.skip(1)) text += scanner.here
  const value = Number(text)
  if (Number.isNaN(value)) throw new JsonPathError(`cannot parse number ${text}`)
  return value
}

function bracket(scanner: Scanner): Expression {
  scanner.skip(1)
  const text = scanner.until(']', 'unterminated array')
  const parts = text.split(',')
  if (parts.length === 1) return bracketed(text)
  return [{ type: 'union', branches: parts.map((part) => expressionOf(`[${part.trim()}]`)) }]
}

function bracketed(text: string): Expression {
  const [, key] = /^'([^']*)'$/.exec(text) ?? []
  // A key in quotes is read as after a dot: a dot in it needs its backslash there, too.
  if (key !== undefined) return expressionOf(`.${key}`)
  const parts = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text === '*' ? ':' : text)
  if (parts === null) throw new JsonPathError(`invalid array index ${text}`)
  const [, from = '', to, step] = parts
  const slice: Slice = {
    from: indexOf(from),
    to: indexOf(to?.slice(1) ?? ''),
    step: indexOf(step?.slice(1) ?? ''),
    single: to === undefined,
  }
  return [{ type: 'slice', slice }]
}

function indexOf(text: string): number | undefined {
  if (text === '') return undefined
  if (text === '-') throw new JsonPathError('array index - is not a number')
  return Number(text)
}

function filterOf(scanner: Scanner): Filter {
  scanner.skip(3)
  const text = filterText(scanner)
  const parts = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text)
  if (parts === null) return { left: expressionOf(text), operator: undefined, right: [] }
  const [, left = '', operator = '', right = ''] = parts
  return { left: expressionOf(left), operator, right: expressionOf(right) }
}

/** Up to the closing `)]`; a bracket in quotes does not close it. */
function filterText(scanner: Scanner): string {
  let text = ''
  let quote: string | undefined
  for (;;) {
    const { here } = scanner
    if (here === '' || here === '\n') throw new JsonPathError('unterminated filter')
    scanner.skip(1)
    if (here === ')' && quote === undefined) break
    if ((here === '"' || here === "'") && !text.endsWith('\\')) {
      if (quote === undefined) quote = here
      else if (quote === here) quote = undefined
    }
    text += here
  }
  if (scanner.here !== ']') throw new JsonPathError('unclosed array expect ]')
  scanner.skip(1)
  return text
}
