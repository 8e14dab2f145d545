import { fail } from '@tiltts/config'

/**
 * The values of a chart that take an image: one for all of its reference, two for repository and tag, three for registry,
 * repository and tag.
 */
export type ImageKey =
  | string
  | readonly [repository: string, tag: string]
  | readonly [registry: string, repository: string, tag: string]

/** `--set-string` flags that put a reference into a chart's values. */
export function imageFlags(key: ImageKey, ref: string): readonly string[] {
  if (typeof key === 'string') return setting(key, ref)
  const { registry, repository, tag } = partsOf(ref)
  const [first, second, third] = key
  if (third !== undefined) {
    return [...setting(first, registry), ...setting(second, repository), ...setting(third, tag)]
  }
  return [...setting(first, registry === '' ? repository : `${registry}/${repository}`), ...setting(second, tag)]
}

/** One key for each image; anything else stops the evaluation at the user's call. */
export function checkedKeys(subject: string, images: number, keys: readonly ImageKey[]): void {
  if (images !== keys.length) {
    fail(`${subject}: imageDeps and imageKeys must be as long as each other, but are ${images} and ${keys.length}`)
  }
  for (const key of keys) {
    const texts = typeof key === 'string' ? [key] : key
    const fits = Array.isArray(texts) && texts.length > 0 && texts.length <= 3 && texts.every((one) => one !== '')
    if (!fits) fail(`${subject}: an image key is the name of a value, or a list of two or three: [repository, tag]`)
  }
}

const setting = (name: string, value: string): readonly string[] => [
  '--set-string',
  `${name}=${value.replaceAll(',', '\\,')}`,
]

/** What stands before the first slash is a registry when it looks like a host; a dot in a tag makes none. */
function partsOf(ref: string): { readonly registry: string; readonly repository: string; readonly tag: string } {
  const slash = ref.indexOf('/')
  const host = slash < 0 ? '' : ref.slice(0, slash)
  const registry = /[.:]/.test(host) || host === 'localhost' ? host : ''
  const rest = registry === '' ? ref : ref.slice(slash + 1)
  const colon = rest.lastIndexOf(':')
  const hasTag = colon > rest.lastIndexOf('/')
  return { registry, repository: hasTag ? rest.slice(0, colon) : rest, tag: hasTag ? rest.slice(colon + 1) : 'latest' }
}
