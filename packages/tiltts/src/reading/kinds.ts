import { type KindInfo, kinds } from '@tiltts/spec'
import { UsageError } from '../cli/usage-error.js'

const group = 'tilt.dev'

/** Every kind that clients see. */
export const clientKinds: readonly KindInfo[] = Object.values(kinds).filter(({ internal }) => !internal)

/** `uiresource.tilt.dev`, as a name of an object begins. */
export const qualifiedKind = ({ kind }: Pick<KindInfo, 'kind'>): string => `${kind.toLowerCase()}.${group}`

/**
 * The kind that a word means, as kubectl takes them: `cmd`, `cmds`, `Cmd`, `cmds.tilt.dev`, `cmds.v1alpha1.tilt.dev`, `fw`.
 * Throws a UsageError.
 */
export function kindOfWord(word: string): KindInfo {
  const [name = '', ...rest] = word.toLowerCase().split('.')
  const known = rest.length === 0 || rest.join('.') === group || rest.join('.') === `v1alpha1.${group}`
  const found = known
    ? clientKinds.find(
        ({ plural, kind, shortNames }) => plural === name || kind.toLowerCase() === name || shortNames.includes(name),
      )
    : undefined
  if (found !== undefined) return found
  throw new UsageError(
    `the server doesn't have a resource type "${word}"`,
    `There are: ${clientKinds.map(({ plural }) => plural).join(', ')}`,
  )
}
