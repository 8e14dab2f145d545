import type { KindInfo } from '@tiltts/spec'
import { qualifiedKind } from './kinds.js'
import type { WireObject } from './objects.js'

/** What the server sends for people: rows of cells. */
export interface WireTable {
  readonly metadata?: { readonly resourceVersion?: string }
  readonly columnDefinitions: readonly TableColumn[] | null
  readonly rows: readonly TableRow[]
}

export interface TableRow {
  readonly cells: readonly unknown[]
  readonly object?: WireObject
}

interface TableColumn {
  readonly name: string
  readonly format?: string
  readonly priority?: number
}

export interface TableOptions {
  readonly wide: boolean
  readonly headers: boolean
  /** Names with their kind before them. */
  readonly showKind: boolean
  readonly showLabels: boolean
  /** Labels that get a column each. */
  readonly labelColumns: readonly string[]
  /** A first column with what happened. */
  readonly events: boolean
}

/** How clients ask for a table. */
export const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

/** Prints tables of one kind as lines whose cells are separated by tabs: the head once, as long as columns stay the same. */
export interface TableLines {
  of(table: WireTable, event?: string): readonly string[]
}

/** Of tables of a kind that come one after the other. */
export function tableLines(info: KindInfo, options: TableOptions): TableLines {
  let columns: readonly TableColumn[] = []
  let headPrinted = !options.headers
  const shown = <T>(cells: readonly T[]): readonly T[] =>
    cells.filter((_, i) => i < columns.length && (options.wide || (columns[i]?.priority ?? 0) === 0))
  const head = (): string =>
    [
      ...(options.events ? ['EVENT'] : []),
      ...shown(columns).map(({ name }) => name.toUpperCase()),
      ...options.labelColumns.map((label) => label.slice(label.lastIndexOf('/') + 1).toUpperCase()),
      ...(options.showLabels ? ['LABELS'] : []),
    ].join('\t')
  const row = ({ cells, object }: TableRow, event: string): string => {
    const labels = object?.metadata.labels ?? {}
    const own = cells.map((cell, i) =>
      options.showKind && columns[i]?.format === 'name' ? `${qualifiedKind(info)}/${cellText(cell)}` : cellText(cell),
    )
    return [
      ...(options.events ? [event] : []),
      ...shown(own),
      ...options.labelColumns.map((label) => labels[label] ?? ''),
      ...(options.showLabels ? [labelsText(labels)] : []),
    ].join('\t')
  }
  return {
    of({ columnDefinitions, rows }, event = '') {
      if (columnDefinitions !== null && columnDefinitions.length > 0) columns = columnDefinitions
      if (rows.length === 0) return []
      const lines = rows.map((each) => row(each, event))
      if (headPrinted) return lines
      headPrinted = true
      return [head(), ...lines]
    },
  }
}

/** One line of it; what would tear the table is shown as what it is. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  const text = String(cell)
  // Most cells are words, and there may be many.
  if (/^[\w./:-]*$/.test(text)) return text
  const end = text.search(/[\f\n\r]/)
  return (end < 0 ? text : `${text.slice(0, end)}...`).replaceAll('\t', ' ').replaceAll('\x1b', '^[')
}

/** `a=1,b=2`, as selectors are written. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`)
  return pairs.length === 0 ? '<none>' : pairs.join(',')
}
