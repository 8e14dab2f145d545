import { createRequire } from 'node:module'
import { kubectlYaml } from '@tiltts/spec'
import type * as Yaml from 'yaml'

let loaded: typeof Yaml | undefined

/** The parser, loaded when the first YAML is met: configs without any start 40 ms sooner. */
export function yaml(): typeof Yaml {
  loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml
  return loaded
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
  const documents = yaml().parseAllDocuments(text, kubectlYaml)
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
