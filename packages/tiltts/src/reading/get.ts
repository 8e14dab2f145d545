import type { Client } from '@tiltts/client'
import { exitCode } from '../cli/command.js'
import { reportFailures } from './failures.js'
import { type Fetched, failuresOf, fetchObjects, fetchTables } from './fetch.js'
import type { GetOptions } from './get-options.js'
import { type WireObject, withoutManagedFields } from './objects.js'
import { createTabWriter, tableLayout } from './tab-writer.js'
import { type TableRow, tableLines, type WireTable } from './table.js'

/** Prints what there is, once; resolves to the exit code. */
export function getOnce(client: Client, options: GetOptions): Promise<number> {
  const { form } = options.output
  return form === 'table' || form === 'wide' ? printTables(client, options) : printObjects(client, options)
}

async function printTables(client: Client, options: GetOptions): Promise<number> {
  const { labelColumns, showLabels } = options.table
  const beside = options.sortBy !== undefined ? 'Object' : showLabels || labelColumns.length > 0 ? 'Metadata' : 'None'
  const fetched = await fetchTables(client, { ...options, beside })
  const kinds = new Set(options.targets.map(({ info }) => info))
  const groups = await sorted(grouped(fetched), options)
  let text = ''
  for (const { target, tables } of groups) {
    const lines = tableLines(target.info, {
      ...options.table,
      events: false,
      wide: options.output.form === 'wide',
      showKind: options.showKind || kinds.size > 1,
    })
    const part = createTabWriter(tableLayout).layOut(tables.flatMap((table) => lines.of(table)))
    if (part !== '' && text !== '' && options.table.headers) text += '\n'
    text += part
  }
  const failures = failuresOf(fetched, options.ignoreNotFound)
  process.stdout.write(text)
  if (text === '' && failures.length === 0 && !options.ignoreNotFound) process.stderr.write('No resources found\n')
  return failures.length === 0 ? exitCode.ok : reportFailures(failures)
}

interface Group {
  readonly target: Fetched<WireTable>['target']
  readonly tables: readonly WireTable[]
}

/** Tables of one kind that come one after the other share their columns. */
function grouped(fetched: readonly Fetched<WireTable>[]): readonly Group[] {
  const groups: { target: Group['target']; tables: WireTable[] }[] = []
  for (const one of fetched) {
    if ('failure' in one) continue
    const last = groups.at(-1)
    if (last?.target.info === one.target.info) last.tables.push(one.value)
    else groups.push({ target: one.target, tables: [one.value] })
  }
  return groups
}

async function sorted(groups: readonly Group[], { sortBy }: GetOptions): Promise<readonly Group[]> {
  if (sortBy === undefined) return groups
  const sort = (await import('./sort.js')).sortBy(sortBy)
  return groups.map(({ target, tables }) => {
    const rows: readonly TableRow[] = tables.flatMap((table) => table.rows)
    return { target, tables: [{ columnDefinitions: null, ...tables[0], rows: sort(rows, (row) => row.object) }] }
  })
}

async function printObjects(client: Client, options: GetOptions): Promise<number> {
  const { createPrinter, listOf } = await import('./printers/printer.js')
  const printer = await createPrinter(options.output, { ...options, headers: options.table.headers })
  const fetched = await fetchObjects(client, options)
  const failures = failuresOf(fetched, options.ignoreNotFound)
  const found = fetched.flatMap((one) => ('value' in one ? one.value : []))
  const items = (await sortedObjects(found, options)).map(trimmed(options))
  const [first] = items
  if (options.single) {
    if (first !== undefined) process.stdout.write(printer.print(first))
  } else if (items.length > 0 || !options.ignoreNotFound) process.stdout.write(printer.print(listOf(items)))
  return failures.length === 0 ? exitCode.ok : reportFailures(failures)
}

async function sortedObjects(objects: readonly WireObject[], { sortBy }: GetOptions): Promise<readonly WireObject[]> {
  if (sortBy === undefined) return objects
  return (await import('./sort.js')).sortBy(sortBy)(objects, (object) => object)
}

/** As an output shows an object: managed fields are for those who ask for them. */
export function trimmed({ output, showManagedFields }: GetOptions): (object: WireObject) => WireObject {
  const trims = ['json', 'ndjson', 'yaml', 'kyaml'].includes(output.form) && !showManagedFields
  return trims ? withoutManagedFields : (object) => object
}
