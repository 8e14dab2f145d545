/** How a tag of the `yaml` library is told apart, as far as it matters here; this package needs no library. */
type Tag = string | { readonly tag?: string; readonly format?: string }

interface OctalTag {
  readonly tag: string
  readonly default: true
  readonly format: string
  readonly test: RegExp
  readonly resolve: (text: string) => number
}

/** Options of the `yaml` library's parser. */
export interface KubectlYaml {
  readonly version: '1.1'
  readonly merge: true
  readonly customTags: <T extends Tag>(tags: readonly T[]) => (T | OctalTag)[]
}

/** Octal as YAML 1.2 writes it, which Kubernetes takes beside the older form. */
const newOctal: OctalTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  format: 'OCT',
  test: /^[-+]?0o[0-7]+$/,
  resolve: (text) => Number.parseInt(text.replace('0o', ''), 8),
}

/** Has the `yaml` library read scalars as kubectl does: 1.1 with `<<`, but dates and sexagesimal numbers stay strings. */
export const kubectlYaml: KubectlYaml = {
  version: '1.1',
  merge: true,
  customTags: (tags) => [
    newOctal,
    ...tags.filter(
      (tag) => typeof tag === 'string' || !(tag.tag?.endsWith(':timestamp') === true || tag.format === 'TIME'),
    ),
  ],
}
