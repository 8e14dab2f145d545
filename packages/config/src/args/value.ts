import { describe } from '../call/expect.js'
import { parseDuration } from '../duration.js'
import type { KeptArg } from './arg.js'

/** A value, or what is wrong with it: completes `--port …`. */
export type Converted = { readonly value: unknown } | { readonly problem: string }

const lists: ReadonlySet<KeptArg['type']> = new Set(['stringList', 'resources'])

/** The value of an argument from the texts of the command line. */
export function fromTexts(arg: KeptArg, texts: readonly (string | undefined)[]): Converted {
  const given = arg.type === 'boolean' ? texts.map((text) => text ?? 'true') : texts
  if (!given.every((text) => text !== undefined)) return { problem: `needs a value: ${expected(arg)}` }
  if (lists.has(arg.type)) return { value: given }
  const [text = ''] = given
  if (given.length > 1) return { problem: `takes one value, and it was given ${given.length}: ${given.join(', ')}` }
  return fromText(arg, text)
}

function fromText(arg: KeptArg, text: string): Converted {
  const wrong = { problem: `must be ${expected(arg)}, but it is '${text}'` }
  if (arg.type === 'string') return { value: text }
  if (arg.type === 'boolean') return text === 'true' || text === 'false' ? { value: text === 'true' } : wrong
  if (arg.type === 'number')
    return text.trim() !== '' && Number.isFinite(Number(text)) ? { value: Number(text) } : wrong
  if (arg.type === 'object') {
    try {
      return { value: JSON.parse(text) }
    } catch (error) {
      return { problem: `${wrong.problem}: ${(error as SyntaxError).message}` }
    }
  }
  return fromData(arg, text)
}

/** The value of an argument from tilt_config.json, where `null` is the same as leaving it out. */
export function fromData(arg: KeptArg, data: unknown): Converted {
  return fits(arg, data) ? { value: data } : { problem: `must be ${expected(arg)}, but it is ${describe(data)}` }
}

function fits(arg: KeptArg, data: unknown): boolean {
  if (arg.type === 'object') return true
  if (arg.type === 'choice') return arg.choices?.includes(String(data)) === true
  if (arg.type === 'duration') return parseDuration(data) !== undefined
  if (arg.type === 'number') return typeof data === 'number'
  if (arg.type === 'boolean') return typeof data === 'boolean'
  if (arg.type === 'string') return typeof data === 'string'
  return Array.isArray(data) && data.every((entry) => typeof entry === 'string')
}

/** What an argument takes, in words. */
export function expected(arg: KeptArg): string {
  switch (arg.type) {
    case 'string':
      return 'a text'
    case 'number':
      return 'a number'
    case 'duration':
      return "a duration such as '90s' or '1h30m'"
    case 'boolean':
      return 'true or false'
    case 'stringList':
      return 'a list of texts'
    case 'resources':
      return 'a list of resources'
    case 'choice':
      return `one of ${arg.choices?.join(', ')}`
    case 'object':
      return 'JSON'
  }
}
