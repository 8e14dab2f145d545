import { type KindInfo, kinds } from '@tiltts/spec'
import { UsageError } from '../cli/usage-error.js'

/** Kinds that clients see. */
export const servedKinds: readonly KindInfo[] = Object.values(kinds).filter((info) => !info.internal)

/**
 * The kind that a word names, as kubectl takes them: `cmd`, `cmds`, `Cmd`, `cmds.tilt.dev`, `cmds.v1alpha1.tilt.dev`, `fw`.
 * Throws a UsageError.
 */
export function kindNamed(word: string): KindInfo {
  const plain = word.toLowerCase().replace(/(\.v1alpha1)?\.tilt\.dev$/, '')
  const found = servedKinds.find(
    ({ kind, plural, shortNames }) => kind.toLowerCase() === plain || plural === plain || shortNames.includes(plain),
  )
  if (found !== undefined) return found
  throw new UsageError(`the server doesn't have a resource type "${word}"`, 'See: tiltts api-resources')
}

/** How messages name an object: `cmd.tilt.dev/x`. */
export function qualifiedName({ kind }: KindInfo, name: string): string {
  return `${kind.toLowerCase()}.tilt.dev/${name}`
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
      return { info: kindNamed(type), name }
    })
    return { kinds: [], objects }
  }
  const infos = first.split(',').map(kindNamed)
  return { kinds: infos, objects: infos.flatMap((info) => names.map((name) => ({ info, name }))) }
}
