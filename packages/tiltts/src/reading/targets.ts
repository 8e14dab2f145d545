import type { KindInfo } from '@tiltts/spec'
import { UsageError } from '../cli/usage-error.js'
import { kindOfWord } from './kinds.js'

/** What a command is about: one object, or all of a kind that selectors let through. */
export interface Target {
  readonly info: KindInfo
  readonly name?: string
}

export interface Targets {
  readonly targets: readonly Target[]
  /** One object was named: it is printed bare, not in a list. */
  readonly single: boolean
}

/**
 * Reads `TYPE`, `TYPE,TYPE`, `TYPE NAME…` and `TYPE/NAME…`. Throws a UsageError.
 *
 * @example
 * readTargets(['uiresource/api', 'cmd/api:update'])
 */
export function readTargets(words: readonly string[], options: { readonly selected?: boolean } = {}): Targets {
  const [types, ...names] = words
  if (types === undefined || types === '')
    throw new UsageError('You must specify the type of resource', 'tiltts api-resources lists them')
  // Only the first slash counts: names of objects may have more of them.
  if (words.every((word) => word.includes('/'))) {
    if (options.selected) throw new UsageError('name cannot be provided when a selector is specified')
    return { targets: words.map(pairOf), single: words.length === 1 }
  }
  if (types.includes('/'))
    throw new UsageError('Names after TYPE/NAME need a type of their own', 'For example: uiresource/api uiresource/web')
  const infos = types
    .split(',')
    .filter((type) => type !== '')
    .map(kindOfWord)
  if (names.length === 0) return { targets: infos.map((info) => ({ info })), single: false }
  if (options.selected) throw new UsageError('name cannot be provided when a selector is specified')
  const [info] = infos
  if (info === undefined || infos.length > 1) throw new UsageError('you must specify only one resource')
  return { targets: names.map((name) => ({ info, name })), single: names.length === 1 }
}

function pairOf(word: string): Target {
  const slash = word.indexOf('/')
  const [type, name] = [word.slice(0, slash), word.slice(slash + 1)]
  if (type === '' || name === '')
    throw new UsageError(`arguments in TYPE/NAME form must have a type and a name, not '${word}'`)
  return { info: kindOfWord(type), name }
}
