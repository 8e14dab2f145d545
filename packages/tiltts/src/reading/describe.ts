import type { Client } from '@tiltts/client'
import { exitCode } from '../cli/command.js'
import { describeObject } from './describe-object.js'
import { isNotFound, reportFailures } from './failures.js'
import { failuresOf, fetchObjects } from './fetch.js'
import { listPath, type Selection, type WireList, type WireObject, withoutManagedFields } from './objects.js'
import type { Output } from './output.js'
import type { Target, Targets } from './targets.js'

export interface DescribeOptions extends Targets {
  readonly selection: Selection
  readonly output: Output
}

/** Shows what objects say; a name that is not there stands for all that begin so. Resolves to the exit code. */
export async function describeAll(client: Client, options: DescribeOptions): Promise<number> {
  const fetched = await fetchObjects(client, options)
  const objects = fetched.flatMap((one) => ('value' in one ? one.value : []))
  const failures = failuresOf(fetched, false)
  const [target] = options.targets
  if (options.single && target !== undefined && failures.length === 1 && isNotFound(failures[0])) {
    const alike = await beginningWith(client, target)
    if (alike.length > 0) return show(alike, { ...options, single: false }, '\n')
  }
  if (objects.length > 0) await show(objects, options)
  else if (failures.length === 0) process.stderr.write('No resources found\n')
  return failures.length === 0 ? exitCode.ok : reportFailures(failures)
}

async function beginningWith(client: Client, { info, name = '' }: Target): Promise<readonly WireObject[]> {
  const { items } = (await client.read(listPath(info, { labels: undefined, fields: undefined }))) as WireList
  return items.filter(({ metadata }) => metadata.name.startsWith(name))
}

async function show(
  objects: readonly WireObject[],
  { output, single }: DescribeOptions,
  end?: string,
): Promise<number> {
  if (output.form === 'table' || output.form === 'wide') {
    const texts = objects.map(describeObject)
    process.stdout.write(end === undefined ? texts.join('\n\n') : texts.map((text) => text + end).join(''))
    return exitCode.ok
  }
  const { createPrinter, listOf } = await import('./printers/printer.js')
  const printer = await createPrinter(output, { headers: true, allowMissing: true })
  const bare = objects.map(withoutManagedFields)
  const [only] = bare
  process.stdout.write(printer.print(single && only !== undefined ? only : listOf(bare)))
  return exitCode.ok
}
