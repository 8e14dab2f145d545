import type { KindInfo } from '@tiltts/spec'
import { ReadFailure } from './failures.js'
import { descriptions, insideOf, type OpenApiDocument, type Schema, schemaOfKind, typeText } from './schema.js'

export interface ExplainOptions {
  /** Names of fields, from the object inwards. */
  readonly path: readonly string[]
  /** All fields within fields, without what is said of them. */
  readonly recursive: boolean
}

/** What the server says of a kind or of one of its fields, as kubectl shows it. Throws a ReadFailure for a field that is not there. */
export function explain(document: OpenApiDocument, info: KindInfo, { path, recursive }: ExplainOptions): string {
  let schema: Schema = schemaOfKind(document, info.kind)
  for (const name of path) {
    const next = insideOf(document, schema).properties?.[name]
    if (next === undefined) throw new ReadFailure(`field "${name}" does not exist`)
    schema = next
  }
  const head = `GROUP:      tilt.dev\nKIND:       ${info.kind}\nVERSION:    v1alpha1\n\n`
  const field = path.length === 0 ? '' : fieldHead(document, path.at(-1) ?? '', schema)
  const said = descriptions(document, schema)
  // What is said ends with an empty line that is indented, too.
  const description = said.length === 0 ? '    <empty>\n' : wrapped(`${said.join('\n')}\n`, 76, 4)
  const fields = fieldList(document, insideOf(document, schema), recursive, 2)
  return `${head}${field}DESCRIPTION:\n${description}${fields === '' ? '' : `FIELDS:\n${fields}`}\n`
}

function fieldHead(document: OpenApiDocument, name: string, schema: Schema): string {
  const values = schema.enum?.map((value) => `    ${enumText(value)}\n`).join('')
  return `FIELD: ${name} <${typeText(document, schema)}>\n${values === undefined ? '\n' : `ENUM:\n${values}`}\n`
}

function fieldList(document: OpenApiDocument, schema: Schema, recursive: boolean, indent: number): string {
  return Object.entries(schema.properties ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => {
      const required = schema.required?.includes(name) ? ' -required-' : ''
      const head = `${' '.repeat(indent)}${name}\t<${typeText(document, field)}>${required}\n${enumLine(field, indent)}`
      if (recursive) return head + fieldList(document, insideOf(document, field), true, indent + 2)
      return `${head}${wrapped(field.description ?? '<no description>', 78 - indent, indent + 2)}\n`
    })
    .join('')
}

function enumLine({ enum: values }: Schema, indent: number): string {
  if (values === undefined) return ''
  const texts = values.map(enumText)
  const shown = texts.length > 4 ? [...texts.slice(0, 4), '....'] : texts
  return `${' '.repeat(indent)}enum: ${shown.join(', ')}\n`
}

const enumText = (value: unknown): string => (value === '' ? '""' : String(value))

/** Lines of at most so many characters, each indented; ends with a line break. */
function wrapped(text: string, width: number, indent: number): string {
  const lines = text.split('\n').flatMap((paragraph) => {
    const out: string[] = ['']
    for (const word of paragraph.split(/\s+/)) {
      const last = out.at(-1) ?? ''
      if (last === '') out[out.length - 1] = word
      else if (last.length + 1 + word.length <= width) out[out.length - 1] = `${last} ${word}`
      else out.push(word)
    }
    return out
  })
  return lines.map((line) => `${' '.repeat(indent)}${line}\n`).join('')
}
