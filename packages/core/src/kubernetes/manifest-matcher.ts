import type { KubernetesManifest, ManifestSelector } from '@tiltts/spec'

/** Tells the objects that a selector means. */
export type ManifestMatcher = (object: KubernetesManifest) => boolean

/**
 * Understands a selector, or says which of its texts is no regular expression. What an object lacks matches nothing, but
 * for the namespace: without one it is taken to be in `default`.
 */
export function manifestMatcher(selector: ManifestSelector): ManifestMatcher | { readonly problem: string } {
  const tests: ManifestMatcher[] = []
  for (const { text, read } of fieldsOf(selector)) {
    const pattern = compile(text)
    if (pattern === undefined) return { problem: `${JSON.stringify(text)} is no regular expression` }
    tests.push((object) => pattern.test(read(object)))
  }
  const labels = Object.entries(selector.labels ?? {})
  tests.push(({ metadata }) => labels.every(([name, value]) => metadata.labels?.[name] === value))
  return (object) => tests.every((test) => test(object))
}

interface Field {
  readonly text: string
  readonly read: (object: KubernetesManifest) => string
}

function fieldsOf({ name, namespace, kind, apiVersion }: ManifestSelector): readonly Field[] {
  const field = (text: string | undefined, read: Field['read']): readonly Field[] =>
    text === undefined ? [] : [{ text, read }]
  return [
    ...field(kind, (object) => object.kind),
    ...field(apiVersion, (object) => object.apiVersion),
    ...field(name, ({ metadata }) => metadata.name),
    ...field(namespace, ({ metadata }) => metadata.namespace ?? 'default'),
  ]
}

function compile(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'i')
  } catch {
    return undefined
  }
}
