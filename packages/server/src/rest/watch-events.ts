import type { Change } from '@tiltts/core/store'
import type { WatchEvent } from '@tiltts/spec'
import type { ServedKind } from './served-kinds.js'
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
export function eventsOf(changes: readonly Change[], { served, name, matches }: Watched): readonly Event[] {
  const seen = name === undefined ? changes : changes.filter((change) => change.name === name)
  const told = seen.length > mostSteps ? latest(seen) : seen
  return told.flatMap((change) => eventsOfOne(change, served, matches))
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

/** One that begins to match is added, one that ceases to is deleted. */
function eventsOfOne(change: Change, served: ServedKind, matches: Watched['matches']): readonly Event[] {
  const seen = (object: Change['after']): WireObject | undefined => {
    const wire = object && served.toWire(object)
    return wire !== undefined && matches(wire) ? wire : undefined
  }
  const before = seen(change.before)
  const after = seen(change.after)
  const events: Event[] = []
  const same = before?.metadata['uid'] === after?.metadata['uid']
  if (before !== undefined && !same) {
    const metadata = { ...before.metadata, resourceVersion: String(change.revision) }
    events.push({ type: 'DELETED', object: { ...before, metadata } })
  }
  if (after !== undefined) events.push({ type: before !== undefined && same ? 'MODIFIED' : 'ADDED', object: after })
  return events
}
