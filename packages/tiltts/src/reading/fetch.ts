import { type Client, pathOf } from '@tiltts/client'
import { isNotFound } from './failures.js'
import { listPath, type Selection, type WireList, type WireObject } from './objects.js'
import { tableType, type WireTable } from './table.js'
import type { Target } from './targets.js'

/** What the server gave for one target, or why it did not. */
export type Fetched<T> =
  | { readonly target: Target; readonly value: T }
  | { readonly target: Target; readonly failure: unknown }

interface FetchOptions {
  readonly targets: readonly Target[]
  readonly selection: Selection
}

/** The objects of all targets, asked for at the same time. */
export function fetchObjects(
  client: Client,
  options: FetchOptions,
): Promise<readonly Fetched<readonly WireObject[]>[]> {
  return each(options, async ({ info, name }) => {
    if (name !== undefined) return [(await client.read(pathOf(info.kind, name))) as WireObject]
    return ((await client.read(listPath(info, options.selection))) as WireList).items
  })
}

/** The tables of all targets, with so much of each object beside its row. */
export function fetchTables(
  client: Client,
  options: FetchOptions & { readonly beside: 'None' | 'Metadata' | 'Object' },
): Promise<readonly Fetched<WireTable>[]> {
  const includeObject = options.beside
  return each(options, async ({ info, name }) => {
    const path =
      name === undefined
        ? listPath(info, options.selection, { includeObject })
        : `${pathOf(info.kind, name)}?includeObject=${includeObject}`
    return (await client.read(path, { accept: tableType })) as WireTable
  })
}

/** Failures that are to be told. */
export function failuresOf(all: readonly Fetched<unknown>[], ignoreNotFound: boolean): readonly unknown[] {
  return all.flatMap((one) => ('failure' in one && !(ignoreNotFound && isNotFound(one.failure)) ? [one.failure] : []))
}

async function each<T>(
  { targets }: FetchOptions,
  read: (target: Target) => Promise<T>,
): Promise<readonly Fetched<T>[]> {
  return Promise.all(
    targets.map((target) =>
      read(target).then(
        (value) => ({ target, value }),
        (failure: unknown) => {
          // Nobody there is no answer to one question, but the end of all.
          if ((failure as NodeJS.ErrnoException).code === 'ECONNREFUSED') throw failure
          return { target, failure }
        },
      ),
    ),
  )
}
