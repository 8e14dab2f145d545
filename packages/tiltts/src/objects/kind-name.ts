import type { KindInfo } from '@tiltts/spec'
import { UsageError } from '../cli/usage-error.js'
import { kindOfWord, qualifiedKind } from '../reading/kinds.js'

/** How messages name an object: `cmd.tilt.dev/x`. */
export function qualifiedName(info: KindInfo, name: string): string {
  return `${qualifiedKind(info)}/${name}`
}

export interface NamedObject {
  readonly info: KindInfo
  readonly name: string
}

/**
 * What words name: `cmd x y`, `cmd/x fw/y`, or, without names, kinds alone: `cmd,fw`. Throws a UsageError.
 */
export function objectsNamed(words: readonly string[]): {
  readonly kinds: readonly KindInfo[]
  readonly objects: readonly NamedObject[]
} {
  const [first = '', ...names] = words
  if (words.some((word) => word.includes('/') && !word.startsWith('('))) {
    const objects = words.map((word) => {
      const [type = '', name = '', ...more] = word.split('/')
      if (name === '' || more.length > 0)
        throw new UsageError(`'${word}' is no TYPE/NAME, which all of them must be when one is`)
      return { info: kindOfWord(type), name }
    })
    return { kinds: [], objects }
  }
  const infos = first.split(',').map(kindOfWord)
  return { kinds: infos, objects: infos.flatMap((info) => names.map((name) => ({ info, name }))) }
}
