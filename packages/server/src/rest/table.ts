import { columnsOf } from './columns.js'
import type { ServedKind } from './served-kinds.js'
import type { WireObject } from './wire-object.js'

/** How much of each object stands beside its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

interface TableOptions {
  readonly include: IncludeObject
  readonly now: number
  /** Of the list; absent in a watch. */
  readonly metadata?: object
  /** The head is sent once in a watch. @default true */
  readonly head?: boolean
}

/** Objects as a Kubernetes `Table`: what `get` prints without `-o`. */
export function tableOf(served: ServedKind, objects: readonly WireObject[], options: TableOptions): object {
  const columns = columnsOf(served.kind)
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata ?? {},
    columnDefinitions:
      options.head === false
        ? null
        : columns.map(({ name, type, description, wide }) => ({
            name,
            type,
            format: name === 'Name' ? 'name' : '',
            description,
            priority: wide ? 1 : 0,
          })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now)),
      ...(options.include === 'None' ? {} : { object: options.include === 'Object' ? object : partial(object) }),
    })),
  }
}

/** An object without what it says: its metadata alone. */
export function partial(object: WireObject): WireObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}
