import { fromApiTime, type Timeline, type Update } from '@tiltts/spec'
import { criticalPath, type Timed } from './critical-path.js'
import { standOf } from './stand-of.js'
import { type LastUpdate, timelineUpdate } from './timeline-update.js'
import type { WhyView } from './types.js'

/**
 * What all updates of the session spent their time on, and the critical path of its start-up.
 *
 * @param only - resources to be listed; the critical path is that of all
 */
export function timelineOf(view: WhyView, only: readonly string[] = []): Timeline {
  const timed = updatesOf(view).map(
    (record): Timed => ({ record, line: timelineUpdate(record, lastOf(view, record), view.now) }),
  )
  const path = criticalPath(timed, view.now)
  const lines = timed.map(({ line }) => line)
  const [first] = path
  const end = path.at(-1)
  return {
    updates: only.length === 0 ? lines : lines.filter(({ resource }) => only.includes(resource)),
    criticalPath: path,
    criticalMs:
      first === undefined || end === undefined
        ? 0
        : (end.to === undefined ? view.now : fromApiTime(end.to)) - fromApiTime(first.from),
  }
}

/** Ended ones of the journal, with those that wait or run, in the order in which they were asked for. */
function updatesOf({ store }: WhyView): readonly Update[] {
  const all = new Map(store.journal.updates().map((update) => [update.metadata.uid, update]))
  for (const update of store.list('Update')) all.set(update.metadata.uid, update)
  const order = ({ spec }: Update): number => store.get('Resource', spec.resource)?.spec.order ?? -1
  // API times sort as text.
  return [...all.values()].toSorted((a, b) =>
    a.status.queuedAt === b.status.queuedAt ? order(a) - order(b) : a.status.queuedAt < b.status.queuedAt ? -1 : 1,
  )
}

/** Whether an update is the last one of its resource, and how that stands then. */
function lastOf(view: WhyView, { metadata, spec }: Update): LastUpdate | undefined {
  const resource = view.store.get('Resource', spec.resource)
  if (resource === undefined || resource.status.history[0] !== metadata.name) return undefined
  return { ready: resource.status.ready, starting: standOf(view, resource).stand === 'starting' }
}
