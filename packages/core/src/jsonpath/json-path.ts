import { findParts } from './evaluate.js'
import { goJson, goText } from './go-text.js'
import { JsonPathError } from './nodes.js'
import { parseTemplate } from './parse.js'

/** A JSONPath template as kubectl has them. */
export interface JsonPath {
  /** What each part of the template finds, in order. Throws a JsonPathError. */
  find(value: unknown): readonly (readonly unknown[])[]
  /** The text that kubectl prints for it. Throws a JsonPathError. */
  print(value: unknown): string
  /** What each part finds as a JSON array of its own, for programs. Throws a JsonPathError. */
  printJson(value: unknown): string
}

export interface JsonPathOptions {
  /** Whether a field that is not there leads nowhere, or is an error. @default true */
  readonly allowMissing?: boolean
}

/**
 * Understands a template: text, and in braces paths, quoted text, `range` and `end`. Throws a JsonPathError.
 *
 * @example
 * jsonPath('{range .items[*]}{.metadata.name}{"\\n"}{end}').print(list)
 */
export function jsonPath(template: string, { allowMissing = true }: JsonPathOptions = {}): JsonPath {
  const parts = parseTemplate(template)
  const find: JsonPath['find'] = (value) => findParts(parts, value, { allowMissing })
  return {
    find,
    print: (value) =>
      find(value)
        .map((found) => found.map(printed).join(' '))
        .join(''),
    printJson: (value) =>
      find(value)
        .map((found) => `${goJson(found, '    ')}\n`)
        .join(''),
  }
}

/** A path without braces, or without its first dot, as it stands in a template: `metadata.name` is `{.metadata.name}`. */
export function relaxedPath(path: string): string {
  const [, braced, bare] = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(path) ?? []
  const inner = braced ?? bare
  if (inner !== undefined) return `{.${inner}}`
  throw new JsonPathError(
    `unexpected path string '${path}', expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
  )
}

function printed(value: unknown): string {
  if (value === null) return 'null'
  return typeof value === 'object' ? goJson(value) : goText(value)
}
