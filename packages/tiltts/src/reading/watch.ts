import { ApiFailure, type Client } from '@tiltts/client'
import { exitCode } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { trimmed } from './get.js'
import type { GetOptions } from './get-options.js'
import { listPath, named, type WireEvent, type WireList, type WireObject } from './objects.js'
import { createTabWriter, tableLayout } from './tab-writer.js'
import { tableLines, tableType, type WireTable } from './table.js'

/** Makes text of what there is at first, and of each event. */
interface WatchPrinter {
  readonly accept: string | undefined
  first(answer: unknown): string
  event(event: WireEvent): string
}

/** Prints what there is, then each change, until the session ends; resolves to the exit code. */
export async function getAndWatch(client: Client, options: GetOptions): Promise<number> {
  const [target, ...others] = options.targets
  if (target === undefined || others.length > 0)
    throw new UsageError(
      'watch is only supported on individual resources and resource collections - more than 1 resource was found',
    )
  if (options.sortBy !== undefined) process.stderr.write('warning: --watch requested, --sort-by will be ignored\n')
  const printer = await printerOf(options)
  const { info, name } = target
  const selection = name === undefined ? options.selection : named(name)
  const answer = (await client.read(listPath(info, selection), { accept: printer.accept })) as WireList & WireTable
  if (name !== undefined && !options.ignoreNotFound && (answer.items ?? answer.rows).length === 0)
    throw new ApiFailure(404, 'NotFound', `${info.plural}.tilt.dev "${name}" not found`)
  if (options.watch === 'all') process.stdout.write(printer.first(answer))
  const { resourceVersion } = answer.metadata
  const path = listPath(info, selection, { watch: '1', resourceVersion, allowWatchBookmarks: 'true' })
  try {
    for await (const events of client.stream(path, { accept: printer.accept }))
      process.stdout.write((events as readonly WireEvent[]).map((event) => textOf(event, printer)).join(''))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
  }
  process.stderr.write('The session has ended\n')
  return exitCode.ok
}

function textOf(event: WireEvent, printer: WatchPrinter): string {
  if (event.type === 'BOOKMARK') return ''
  if (event.type !== 'ERROR') return printer.event(event)
  const { code, reason, message } = event.object as unknown as { code: number; reason: string; message: string }
  throw new ApiFailure(code, reason, message)
}

async function printerOf(options: GetOptions): Promise<WatchPrinter> {
  const { form } = options.output
  if (form === 'table' || form === 'wide') return tablePrinter(options)
  const { createPrinter } = await import('./printers/printer.js')
  const printer = await createPrinter(options.output, { ...options, headers: options.table.headers })
  const trim = trimmed(options)
  const print = (type: WireEvent['type'], object: WireObject): string =>
    printer.print(options.table.events ? { type, object: trim(object) } : trim(object))
  return {
    accept: undefined,
    first: (answer) => (answer as WireList).items.map((object) => print('ADDED', object)).join(''),
    event: ({ type, object }) => print(type, object),
  }
}

function tablePrinter(options: GetOptions): WatchPrinter {
  const [target] = options.targets
  if (target === undefined) throw new UsageError('You must specify the type of resource')
  const { showKind, output } = options
  const lines = tableLines(target.info, { ...options.table, showKind, wide: output.form === 'wide' })
  const writer = createTabWriter(tableLayout)
  return {
    accept: tableType,
    first: (answer) => writer.layOut(lines.of(answer as WireTable, 'ADDED')),
    event: ({ type, object }) => writer.layOut(lines.of(object as unknown as WireTable, type)),
  }
}
