import { goText, type JsonPath, JsonPathError, jsonPath, relaxedPath } from '@tiltts/core/jsonpath'
import { UsageError } from '../../cli/usage-error.js'
import { ReadFailure } from '../failures.js'
import type { WireObject } from '../objects.js'
import { createTabWriter, tableLayout } from '../tab-writer.js'
import { understood } from './json-path-printer.js'
import { itemsOf, type Printer } from './printer.js'

interface Column {
  readonly header: string
  readonly path: JsonPath
}

/** Prints columns given as `NAME:.metadata.name,UPDATE:.status.updateStatus`. Throws a UsageError. */
export function columnsPrinter(text: string, options: { readonly headers: boolean }): Printer {
  const columns = splitColumns(text).map((column) => {
    const colon = column.indexOf(':')
    if (colon < 0 || colon === column.length - 1)
      throw new UsageError(`unexpected custom-columns spec: ${column}, expected <header>:<json-path-expr>`)
    return columnOf(column.slice(0, colon), column.slice(colon + 1))
  })
  return printerOf(columns, options)
}

/** Prints columns given as a line of headers and a line of paths. Throws a UsageError. */
export function columnsFilePrinter(text: string, options: { readonly headers: boolean }): Printer {
  const [headers = [], paths = []] = text.split('\n').map((line) => line.split(/\s+/).filter((word) => word !== ''))
  if (headers.length === 0 || headers.length !== paths.length)
    throw new UsageError(`number of headers (${headers.length}) and field specifications (${paths.length}) don't match`)
  return printerOf(
    headers.map((header, i) => columnOf(header, paths[i] ?? '')),
    options,
  )
}

/** At commas, but those within brackets of a path. */
function splitColumns(text: string): readonly string[] {
  const columns: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '[') depth++
    else if (text[at] === ']') depth--
    else if (text[at] === ',' && depth === 0) {
      columns.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...columns, text.slice(start)]
}

function columnOf(header: string, path: string): Column {
  return { header, path: understood(path, () => jsonPath(relaxedPath(path))) }
}

function printerOf(columns: readonly Column[], { headers }: { readonly headers: boolean }): Printer {
  const writer = createTabWriter(tableLayout)
  let headPrinted = !headers
  return {
    print(what) {
      const rows = itemsOf(what).map((object) => columns.map(({ path }) => cellOf(path, object)).join('\t'))
      const head = headPrinted ? [] : [columns.map(({ header }) => header).join('\t')]
      headPrinted = true
      return writer.layOut([...head, ...rows])
    },
  }
}

function cellOf(path: JsonPath, object: WireObject): string {
  try {
    const found = path.find(object)
    const values = found.flat().map(goText)
    return ((found[0]?.length ?? 0) === 0 ? ['<none>', ...values] : values).join(',')
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    throw new ReadFailure(error.message)
  }
}
