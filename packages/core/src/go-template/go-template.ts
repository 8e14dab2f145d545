import { evaluate } from './evaluate.js'
import { parse } from './parse.js'
import { withIntegers } from './values.js'

/** A template of Go's text/template, as kubectl has them. */
export interface GoTemplate {
  /** The text for a value made of JSON. Throws a GoTemplateError with the place of what cannot be done. */
  print(value: unknown): string
}

export interface GoTemplateOptions {
  /** Whether a field that is not there is `<no value>`, or an error. @default true */
  readonly allowMissing?: boolean
}

/**
 * Understands a template: actions, pipelines, variables, `if`, `with`, `range`, `define`, `template`, `block`, and the
 * functions that kubectl has, but `call` and `js`. Throws a GoTemplateError with the line.
 *
 * @example
 * goTemplate('{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}').print(list)
 */
export function goTemplate(template: string, { allowMissing = true }: GoTemplateOptions = {}): GoTemplate {
  const parsed = parse(template)
  return { print: (value) => evaluate({ template, parsed, allowMissing }, withIntegers(value)) }
}
