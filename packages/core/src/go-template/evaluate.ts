import { functions } from './functions.js'
import {
  type Command,
  type Control,
  GoTemplateError,
  type Node,
  type Operand,
  type Parsed,
  type Pipeline,
  type Place,
} from './nodes.js'
import { entriesOf, isMap, isTrue, printed, typeName, type Value } from './values.js'

export interface Evaluation {
  readonly template: string
  readonly parsed: Parsed
  /** Whether a field that is not there is `<no value>`, or an error. */
  readonly allowMissing: boolean
}

/** Templates that call each other may not go deeper than this. */
const deepest = 1000

/** The text of a template for a value. Throws a GoTemplateError with the place. */
export function evaluate({ template, parsed, allowMissing }: Evaluation, data: Value): string {
  let text = ''
  let depth = 0

  const fail = ({ at, text: written }: Place, message: string): GoTemplateError => {
    const before = template.slice(0, at).split('\n')
    const place = `${before.length}:${new TextEncoder().encode(before.at(-1)).length}`
    return new GoTemplateError(`template: output:${place}: executing "output" at <${shortened(written)}>: ${message}`)
  }

  type Scope = { readonly name: string; value: Value }[]

  /** How a list of nodes ended: by itself, or by leaving the loop around it. */
  type End = 'end' | 'break' | 'continue'

  function walkAll(nodes: readonly Node[], dot: Value, scope: Scope): End {
    for (const node of nodes) {
      const end = walk(node, dot, scope)
      if (end !== 'end') return end
    }
    return 'end'
  }

  function walk(node: Node, dot: Value, scope: Scope): End {
    switch (node.type) {
      case 'text':
        text += node.text
        return 'end'
      case 'action': {
        const value = pipeline(node.pipeline, dot, scope)
        if (node.pipeline.variables.length === 0) text += printed(value)
        return 'end'
      }
      case 'if':
      case 'with': {
        const inner = [...scope]
        const value = pipeline(node.pipeline, dot, inner)
        if (isTrue(value)) return walkAll(node.body, node.type === 'with' ? value : dot, inner)
        return walkAll(node.otherwise, dot, inner)
      }
      case 'range':
        return range(node, dot, [...scope])
      case 'break':
      case 'continue':
        return node.type
      case 'template': {
        const body = parsed.defined.get(node.name)
        if (body === undefined) throw fail(node.place, `template "${node.name}" not defined`)
        if (++depth > deepest) throw fail(node.place, `exceeded maximum template depth (${deepest})`)
        const given = node.pipeline === undefined ? undefined : pipeline(node.pipeline, dot, [...scope])
        walkAll(body, given, [{ name: '', value: given }])
        depth--
        return 'end'
      }
    }
  }

  function range(node: Control, dot: Value, scope: Scope): End {
    const { commands, variables, declares } = node.pipeline
    const value = piped(commands, dot, scope)
    const entries = entriesOf(value)
    if (entries === undefined) throw fail(node.pipeline, `range can't iterate over ${printed(value)}`)
    if (entries.length === 0) return walkAll(node.otherwise, dot, scope)
    for (const [key, each] of entries) {
      const inner = [...scope]
      const values = variables.length === 2 ? [key, each] : [each]
      variables.forEach((name, index) => {
        assign(name, values[index], declares, inner)
      })
      if (walkAll(node.body, each, inner) === 'break') break
    }
    return 'end'
  }

  function assign(name: string, value: Value, declares: boolean, scope: Scope): void {
    const known = declares ? undefined : scope.findLast((each) => each.name === name)
    if (known === undefined) scope.push({ name, value })
    else known.value = value
  }

  function pipeline({ commands, variables, declares }: Pipeline, dot: Value, scope: Scope): Value {
    const value = piped(commands, dot, scope)
    for (const name of variables) assign(name, value, declares, scope)
    return value
  }

  function piped(commands: readonly Command[], dot: Value, scope: Scope): Value {
    return commands.reduce<Value>(
      (last, each, index) => command(each, dot, scope, index === 0 ? [] : [last]),
      undefined,
    )
  }

  /** @param last what the command before it gave, as a list of at most one */
  function command({ operands }: Command, dot: Value, scope: Scope, last: readonly Value[]): Value {
    const [first, ...args] = operands
    if (first === undefined) return undefined
    if (first.type === 'function') return call(first, args, dot, scope, last)
    if (args.length > 0 || last.length > 0) {
      const what =
        first.type === 'field'
          ? `${first.path.at(-1)} is not a method but has arguments`
          : `can't give argument to non-function ${first.text}`
      throw fail(first, what)
    }
    if (first.type === 'literal' && first.value === null) throw fail(first, 'nil is not a command')
    return operand(first, dot, scope)
  }

  function call(
    named: Extract<Operand, { type: 'function' }>,
    args: readonly Operand[],
    dot: Value,
    scope: Scope,
    last: readonly Value[],
  ): Value {
    const { name } = named
    const count = args.length + last.length
    if (name === 'and' || name === 'or') {
      if (count === 0) throw fail(named, `wrong number of args for ${name}: want at least 1 got 0`)
      let value: Value
      for (const arg of args) {
        value = argument(arg, dot, scope)
        if (isTrue(value) === (name === 'or')) return value
      }
      return last.length > 0 ? last[0] : value
    }
    const found = functions[name]
    if (found === undefined) throw fail(named, `"${name}" is not a defined function`)
    const [least, most] = found.takes
    if (count < least || count > most) {
      const wanted = least === most ? String(least) : `at least ${least}`
      throw fail(named, `wrong number of args for ${name}: want ${wanted} got ${count}`)
    }
    const values = args.map((arg) => argument(arg, dot, scope))
    try {
      return found.call(...values, ...last)
    } catch (error) {
      if (!(error instanceof GoTemplateError)) throw error
      const written = [named, ...args].map(({ text: each }) => each).join(' ')
      throw fail({ at: named.at, text: written }, `error calling ${name}: ${error.message}`)
    }
  }

  /** A function among arguments is called without any. */
  function argument(arg: Operand, dot: Value, scope: Scope): Value {
    return arg.type === 'function' ? call(arg, [], dot, scope, []) : operand(arg, dot, scope)
  }

  function operand(node: Operand, dot: Value, scope: Scope): Value {
    switch (node.type) {
      case 'literal':
        return node.value
      case 'dot':
        return dot
      case 'field':
        return fieldsOf(node, node.path, dot)
      case 'variable':
        return fieldsOf(node, node.path, scope.findLast(({ name }) => name === node.name)?.value)
      case 'pipeline':
        return fieldsOf(node, node.path, pipeline(node.pipeline, dot, [...scope]))
      case 'function':
        return call(node, [], dot, scope, [])
    }
  }

  function fieldsOf(place: Place, path: readonly string[], value: Value): Value {
    return path.reduce((owner, name) => field(place, owner, name), value)
  }

  function field(place: Place, owner: Value, name: string): Value {
    if (owner === undefined) {
      if (allowMissing) return undefined
      throw fail(place, `nil data; no entry for key "${name}"`)
    }
    if (owner === null) throw fail(place, `nil pointer evaluating interface {}.${name}`)
    if (!isMap(owner)) throw fail(place, `can't evaluate field ${name} in type ${heldType(owner)}`)
    if (Object.hasOwn(owner, name)) return owner[name]
    if (allowMissing) return undefined
    throw fail(place, `map has no entry for key "${name}"`)
  }

  walkAll(parsed.root, data, [{ name: '', value: data }])
  return text
}

/** What JSON brings is held in an interface; what the template makes has its own type. */
const heldType = (value: Value): string => (typeof value === 'bigint' ? typeName(value) : 'interface {}')

const shortened = (text: string): string => (text.length > 20 ? `${text.slice(0, 20)}...` : text)
