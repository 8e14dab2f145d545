import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { type ApiTime, type Kind, type LogLine, type ObjectOf, wellKnown } from '@tiltts/spec'
import { type ServedKind, servedKinds, wireOf } from '../rest/served-kinds.js'
import type { WireObject } from '../rest/wire-object.js'
import { type LogList, logList } from './log-list.js'
import { recentLines } from './recent-lines.js'

/** State of a session as Tilt's clients read it: all of it, or what has changed. What is empty or false is left out. */
export interface View {
  readonly isComplete?: true
  readonly uiSession?: WireObject
  readonly uiResources?: readonly WireObject[]
  readonly clusters?: readonly WireObject[]
  readonly logList: LogList
  /** Identity of the session: another one means that it was started anew. */
  readonly tiltStartTime?: ApiTime
}

/** Objects of one kind in a view. */
export interface ViewedKind extends ServedKind {
  readonly field: string
  /** There is one object, which stands alone. */
  readonly single: boolean
}

const fields: readonly Pick<ViewedKind, 'field' | 'plural' | 'single'>[] = [
  { field: 'uiSession', plural: 'uisessions', single: true },
  { field: 'uiResources', plural: 'uiresources', single: false },
  { field: 'uiButtons', plural: 'uibuttons', single: false },
  { field: 'clusters', plural: 'clusters', single: false },
]

/** The kinds that a view holds, of those that are served. */
export const viewedKinds: readonly ViewedKind[] = fields.flatMap((field) =>
  servedKinds.filter(({ plural }) => plural === field.plural).map((served) => ({ ...served, ...field })),
)

/** What a whole view carries of the log, in UTF-16 units. */
const maxLogSize = 2_000_000

/** Everything there is, with the newest lines of the log. */
export function completeView(store: ObjectStore, logs: LogStore): View {
  return viewWithLog(store, recentLines(logs, logNames(store), maxLogSize), logs.nextSeq)
}

/** Everything there is, with these lines of the log, which end before the number `end`. */
export function viewWithLog(store: ObjectStore, lines: readonly LogLine[], end: number): View {
  const objects = viewedKinds.map(
    (kind) => [kind, store.list(kind.kind).map((object) => viewed(kind, object, store))] as const,
  )
  return { isComplete: true, ...deltaView(store, new Map(objects), lines, end) }
}

/** Only these objects and lines, which end before the number `end`. */
export function deltaView(
  store: ObjectStore,
  objects: ReadonlyMap<ViewedKind, readonly WireObject[]>,
  lines: readonly LogLine[],
  end: number,
): View {
  return { ...viewFields(objects), ...startOf(store), logList: logList(lines, end) }
}

/** An object for people: who owns which of its fields is left out. */
export function viewed(kind: ServedKind, object: ObjectOf<Kind>, store: ObjectStore): WireObject {
  const wire = wireOf(kind, object, store)
  const { managedFields: _owners, ...metadata } = wire.metadata
  return { ...wire, metadata }
}

function viewFields(objects: ReadonlyMap<ViewedKind, readonly WireObject[]>): Partial<View> {
  const entries = [...objects].flatMap(([{ field, single }, list]) => {
    if (list.length === 0) return []
    return [[field, single ? list[0] : list.toSorted(byName)] as const]
  })
  return Object.fromEntries(entries)
}

const byName = (a: WireObject, b: WireObject): number => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)

function startOf(store: ObjectStore): Pick<View, 'tiltStartTime'> {
  const start = store.get('UISession', wellKnown.session)?.status.tiltStartTime
  return start === undefined ? {} : { tiltStartTime: start }
}

/** Whose lines a view carries: those of every row, and the session's own. */
function logNames(store: ObjectStore): readonly string[] {
  return ['', ...store.list('UIResource').map(({ metadata }) => metadata.name)]
}
