import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'

let loaded: typeof Yaml | undefined

/** The parser, loaded when the first YAML is met: configs without any start 40 ms sooner. */
export function yaml(): typeof Yaml {
  loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml
  return loaded
}

/** Octal as YAML 1.2 writes it, which Kubernetes takes beside the older form. */
const newOctal: Yaml.ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  format: 'OCT',
  test: /^[-+]?0o[0-7]+$/,
  resolve: (text) => Number.parseInt(text.replace('0o', ''), 8),
}

/** Reads scalars as kubectl does: 1.1 with `<<`, but dates and sexagesimal numbers stay strings. */
const parseOptions: Yaml.ParseOptions & Yaml.DocumentOptions & Yaml.SchemaOptions = {
  version: '1.1',
  merge: true,
  customTags: (tags) => [
    newOctal,
    ...tags.filter(
      (tag) =>
        typeof tag === 'string' || !(tag.tag.endsWith(':timestamp') || ('format' in tag && tag.format === 'TIME')),
    ),
  ],
}

/** A YAML text that cannot be parsed. */
export interface YamlProblem {
  readonly message: string
  readonly offset: number
}

/** All documents of a text that are not empty, or the first problem. */
export function parseYamlStream(
  text: string,
): { readonly values: readonly unknown[] } | { readonly problem: YamlProblem } {
  const values: unknown[] = []
  const documents = yaml().parseAllDocuments(text, parseOptions)
  for (const document of documents as readonly Yaml.Document.Parsed[]) {
    const error = document.errors[0]
    if (error !== undefined) {
      return { problem: { message: error.message.split(' at line ')[0] ?? error.message, offset: error.pos[0] } }
    }
    const value: unknown = document.toJS()
    if (value !== null && value !== undefined) values.push(value)
  }
  return { values }
}
