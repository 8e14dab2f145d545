import {
  type ApiTime,
  type CriticalPart,
  fromApiTime,
  type Millis,
  type ObjectRef,
  type TimelinePart,
  type TimelineUpdate,
  toApiTime,
  type Update,
  wellKnown,
} from '@tiltts/spec'

/** An update, and how it stands in the timeline. */
export interface Timed {
  readonly record: Update
  readonly line: TimelineUpdate
}

/** What was asked for so shortly after the config was there, in milliseconds, belongs to the start-up. */
const startUpMs = 1000

/**
 * What the last resource to become ready in the start-up spent its time on: its own work, before that the work of what it
 * waited for last, and so on back to the first evaluation of the config. Oldest first; no two links overlap.
 */
export function criticalPath(updates: readonly Timed[], now: Millis): readonly CriticalPart[] {
  const path: CriticalPart[] = []
  const seen = new Set<Timed>()
  let current = lastOfStartUp(updates, now)
  let until = current === undefined ? now : endOf(current, now)
  while (current !== undefined && !seen.has(current)) {
    seen.add(current)
    const { update, resource } = current.line
    const own = (part: TimelinePart): CriticalPart => ({ update, resource, ...part })
    const work = current.line.parts.filter(({ phase }) => phase !== 'queue')
    path.unshift(...clipped(work, until).map(own))
    const next = before(current, updates, Math.min(until, startOf(current, now)))
    path.unshift(...clipped(next.waited, Number.POSITIVE_INFINITY).map(own))
    current = next.timed
    until = next.until
  }
  return path
}

/** Of all first updates that the config brought with it, the one that was ready last. */
function lastOfStartUp(updates: readonly Timed[], now: Millis): Timed | undefined {
  const config = updates.find(({ line }) => line.resource === wellKnown.tiltfile && line.phase === 'succeeded')
  const loaded = config?.line.finishTime
  if (loaded === undefined) return undefined
  const first = updates.filter(({ record, line }) => {
    const isInitial = record.spec.causes.some(({ reason }) => reason === 'initial')
    const isEarly = fromApiTime(line.queuedAt) <= fromApiTime(loaded) + startUpMs
    return isInitial && isEarly && line.startTime !== undefined && line.resource !== wellKnown.tiltfile
  })
  return first.toSorted((a, b) => endOf(b, now) - endOf(a, now))[0] ?? config
}

function endOf({ line }: Timed, now: Millis): Millis {
  const open = line.parts.some(({ to }) => to === undefined)
  const end = line.readyAt ?? (open ? undefined : line.finishTime)
  return end === undefined ? now : fromApiTime(end)
}

function startOf({ line }: Timed, now: Millis): Millis {
  return line.startTime === undefined ? now : fromApiTime(line.startTime)
}

interface Before {
  /** What let it start. */
  readonly timed: Timed | undefined
  /** When that let go of it. */
  readonly until: Millis
  /** What it waited for after that, which no update explains. */
  readonly waited: readonly TimelinePart[]
}

/** What an update had to wait for last, looking back from its start. */
function before({ record, line }: Timed, updates: readonly Timed[], start: Millis): Before {
  const waited: TimelinePart[] = []
  for (const hold of record.status.holds.toReversed()) {
    const until = hold.to === undefined ? start : fromApiTime(hold.to)
    const who = hold.reason === 'waiting-for-slot' ? undefined : hold.on
    const timed = lastBefore(updates, record, who, until)
    if (timed !== undefined) return { timed, until, waited }
    waited.unshift({
      ...{ phase: 'queue', name: hold.message ?? hold.reason, from: hold.from, to: toApiTime(until) },
      ms: Math.max(0, until - fromApiTime(hold.from)),
    })
  }
  if (line.resource === wellKnown.tiltfile) return { timed: undefined, until: start, waited }
  // Nothing stood in its way before: then it is the config that asked for it.
  const asked = fromApiTime(line.queuedAt)
  const config = [{ group: '', apiVersion: '', kind: 'Tiltfile', name: wellKnown.tiltfile }]
  return { timed: lastBefore(updates, record, config, asked), until: asked, waited }
}

/** The update, of those waited for or of all, whose end, or whose readiness, came last before a moment. */
function lastBefore(
  updates: readonly Timed[],
  self: Update,
  on: readonly ObjectRef[] | undefined,
  until: Millis,
): Timed | undefined {
  const names = on && new Set(on.map(({ name }) => name))
  let last: Timed | undefined
  let lastAt = Number.NEGATIVE_INFINITY
  for (const timed of updates) {
    const { line, record } = timed
    if (record === self || line.startTime === undefined || (names && !names.has(line.resource))) continue
    const times = [line.readyAt, line.finishTime].filter((time): time is ApiTime => time !== undefined)
    for (const at of times.map(fromApiTime)) {
      if (at > until || at <= lastAt) continue
      last = timed
      lastAt = at
    }
  }
  return last
}

/** Parts up to a moment. */
function clipped(parts: readonly TimelinePart[], until: Millis): readonly TimelinePart[] {
  return parts.flatMap((part) => {
    const from = fromApiTime(part.from)
    if (from >= until) return []
    const to = part.to === undefined ? undefined : fromApiTime(part.to)
    if (to === undefined ? !Number.isFinite(until) : to <= until) return part.ms > 0 ? [part] : []
    return [{ ...part, to: toApiTime(until), ms: until - from }]
  })
}
