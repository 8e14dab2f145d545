import type { KubernetesManifest, ManifestSelector } from '@tiltts/spec'

/** A selector that cannot be used. */
export interface SelectorProblem {
  readonly message: string
}

/** Makes a test of a selector; an object that names no namespace is taken to be in `default`. */
export function manifestMatcher(
  selector: ManifestSelector,
): { readonly matches: (object: KubernetesManifest) => boolean } | { readonly problem: SelectorProblem } {
  const tests: ((object: KubernetesManifest) => boolean)[] = []
  const fields: readonly (readonly [keyof ManifestSelector, (object: KubernetesManifest) => string])[] = [
    ['name', ({ metadata }) => metadata.name],
    ['namespace', ({ metadata }) => metadata.namespace || 'default'],
    ['kind', ({ kind }) => kind],
    ['apiVersion', ({ apiVersion }) => apiVersion],
  ]
  for (const [field, textOf] of fields) {
    const written = selector[field]
    if (typeof written !== 'string') continue
    try {
      const pattern = new RegExp(written, 'i')
      tests.push((object) => pattern.test(textOf(object)))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { problem: { message: `the ${field} of a selector is no regular expression: ${reason}` } }
    }
  }
  for (const [label, value] of Object.entries(selector.labels ?? {})) {
    tests.push(({ metadata }) => metadata.labels?.[label] === value)
  }
  return { matches: (object) => tests.every((test) => test(object)) }
}
