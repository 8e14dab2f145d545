import type { Change, ObjectStore } from '@tiltts/core/store'
import type { WatchEvent } from '@tiltts/spec'
import { sameValue } from './managed-fields.js'
import { isKept, type ServedKind, wireOf } from './served-kinds.js'
import type { WireObject } from './wire-object.js'

export type Event = WatchEvent<WireObject>

/** What of a kind somebody watches. */
export interface Watched {
  readonly served: ServedKind
  /** Only this object. */
  readonly name: string | undefined
  readonly matches: (object: WireObject) => boolean
}

/** More changes than these are told as what they come to: the latest of each object. */
const mostSteps = 256

/** What changes mean for who sees only some objects. */
export function eventsOf(changes: readonly Change[], watched: Watched, store: ObjectStore): readonly Event[] {
  const { served, name } = watched
  const kept = isKept(served)
  const seen = name === undefined || !kept ? changes : changes.filter((change) => change.name === name)
  const told = seen.length > mostSteps ? latest(seen) : seen
  return told.flatMap((change) =>
    kept ? eventsOfKept(change, watched, store) : eventsOfProjected(change, watched, store),
  )
}

/** One change an object, from before the first to after the last; in order of the last, so that versions grow. */
function latest(changes: readonly Change[]): readonly Change[] {
  const byName = new Map<string, Change>()
  for (const change of changes) {
    const earlier = byName.get(change.name)
    byName.delete(change.name)
    byName.set(change.name, earlier === undefined ? change : { ...change, before: earlier.before })
  }
  return [...byName.values()]
}

function eventsOfKept(change: Change, { served, matches }: Watched, store: ObjectStore): readonly Event[] {
  const before = change.before && wireOf(served, change.before, store)
  const after = change.after && wireOf(served, change.after, store)
  return eventsOfOne(change, before, after, matches)
}

/** Of what is read off objects of another kind, only that has changed which reads otherwise. */
function eventsOfProjected(change: Change, { served, name, matches }: Watched, store: ObjectStore): readonly Event[] {
  const wires = (object: Change['after']): readonly WireObject[] => {
    const all = object === undefined ? [] : served.wires(object, store)
    return name === undefined ? all : all.filter(({ metadata }) => metadata.name === name)
  }
  const gone = new Map(wires(change.before).map((object) => [object.metadata.name, object]))
  const events = wires(change.after).flatMap((after) => {
    const before = gone.get(after.metadata.name)
    gone.delete(after.metadata.name)
    return before !== undefined && readsAlike(before, after) ? [] : eventsOfOne(change, before, after, matches)
  })
  return [...[...gone.values()].flatMap((before) => eventsOfOne(change, before, undefined, matches)), ...events]
}

function readsAlike(a: WireObject, b: WireObject): boolean {
  return (
    a.metadata['uid'] === b.metadata['uid'] && sameValue(a['spec'], b['spec']) && sameValue(a['status'], b['status'])
  )
}

/** One that begins to match is added, one that ceases to is deleted. */
function eventsOfOne(
  change: Change,
  was: WireObject | undefined,
  is: WireObject | undefined,
  matches: Watched['matches'],
): readonly Event[] {
  const before = was !== undefined && matches(was) ? was : undefined
  const after = is !== undefined && matches(is) ? is : undefined
  const events: Event[] = []
  const same = before?.metadata['uid'] === after?.metadata['uid']
  if (before !== undefined && !same) {
    const metadata = { ...before.metadata, resourceVersion: String(change.revision) }
    events.push({ type: 'DELETED', object: { ...before, metadata } })
  }
  if (after !== undefined) events.push({ type: before !== undefined && same ? 'MODIFIED' : 'ADDED', object: after })
  return events
}
