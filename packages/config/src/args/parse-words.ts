import type { ArgSpec } from '@tiltts/spec'
import { canonical } from './names.js'

/** What parsing must know of an argument. */
export interface WordsDefinition {
  /** See {@link canonical}. */
  readonly key: string
  readonly type: ArgSpec['type']
  readonly positional: boolean
}

export interface ParsedWords {
  /** Texts given, by canonical name, in their order; `undefined` for a flag without a value. */
  readonly given: ReadonlyMap<string, readonly (string | undefined)[]>
  /** Flags as written that nothing defines. */
  readonly unknown: readonly string[]
  /** Plain words that no positional argument takes. */
  readonly words: readonly string[]
}

/**
 * Takes the words after `--` apart. A flag that is not known (yet) is taken to have a value, as most have.
 */
export function parseWords(words: readonly string[], definitions: readonly WordsDefinition[]): ParsedWords {
  const given = new Map<string, (string | undefined)[]>()
  const unknown: string[] = []
  const plain: string[] = []
  const positional = definitions.find((definition) => definition.positional)
  const give = (key: string, value: string | undefined): void => {
    const values = given.get(key)
    if (values === undefined) given.set(key, [value])
    else values.push(value)
  }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') {
      for (const rest of words.slice(index + 1)) takeWord(rest)
      break
    }
    if (!isFlag(word)) {
      takeWord(word)
      continue
    }
    const [name = '', value] = splitFlag(word)
    const key = canonical(name)
    const definition = word.startsWith('--') ? definitions.find((other) => other.key === key) : undefined
    if (definition === undefined) unknown.push(value === undefined ? word : word.slice(0, word.indexOf('=')))
    const next = words[index + 1]
    const takesNext =
      value === undefined &&
      next !== undefined &&
      !next.startsWith('--') &&
      (definition === undefined ? word.startsWith('--') && !isFlag(next) : definition.type !== 'boolean')
    if (takesNext) index++
    if (definition !== undefined) give(key, takesNext ? next : value)
  }
  return { given, unknown, words: plain }

  function takeWord(word: string): void {
    if (positional === undefined) plain.push(word)
    else give(positional.key, word)
  }
}

const isFlag = (word: string): boolean => word.startsWith('-') && word !== '-' && !/^-\.?\d/.test(word)

function splitFlag(word: string): readonly [string, string | undefined] {
  const bare = word.replace(/^--?/, '')
  const equals = bare.indexOf('=')
  return equals < 0 ? [bare, undefined] : [bare.slice(0, equals), bare.slice(equals + 1)]
}
