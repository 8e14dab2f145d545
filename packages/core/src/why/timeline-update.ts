import type { ApiTime, Millis, TimelinePart, TimelinePhase, TimelineUpdate, Update, UpdateStep } from '@tiltts/spec'
import { reasonText } from '../schedule/causes.js'
import { lengthOf } from './cause-chain.js'

/** What the runtime of the resource adds to its last update. */
export interface LastUpdate {
  /** Ready now: what was ready all along counts from the end of the update. */
  readonly ready: boolean
  /** What runs for it is on its way. */
  readonly starting: boolean
}

/**
 * One update with what it spent its time on.
 *
 * @param last - absent: another update of the resource came after this one
 */
export function timelineUpdate(
  { metadata, spec, status }: Update,
  last: LastUpdate | undefined,
  now: Millis,
): TimelineUpdate {
  const { phase, queuedAt, startTime, finishTime } = status
  const readyAt = status.readyAt ?? (last?.ready === true && phase === 'succeeded' ? finishTime : undefined)
  const isStarting = readyAt === undefined && last?.starting === true && phase === 'succeeded'
  const parts = [
    ...queueParts({ status }, now),
    ...workParts({ status }, now),
    ...(finishTime !== undefined && (isStarting || isLater(readyAt, finishTime))
      ? [part('ready', undefined, finishTime, readyAt, now)]
      : []),
  ]
  return {
    ...{ update: metadata.name, resource: spec.resource, reason: reasonText(spec.causes), phase, queuedAt },
    ...(startTime !== undefined && { startTime }),
    ...(finishTime !== undefined && { finishTime }),
    ...(readyAt !== undefined && { readyAt }),
    parts,
  }
}

/** API times sort as text. */
function isLater(time: ApiTime | undefined, than: ApiTime): boolean {
  return time !== undefined && time > than
}

function part(phase: TimelinePhase, name: string | undefined, from: ApiTime, to: ApiTime | undefined, now: Millis) {
  const ms = lengthOf({ from, to }, now)
  return {
    phase,
    ...(name !== undefined && { name }),
    from,
    ...(to !== undefined && { to }),
    ms,
  } satisfies TimelinePart
}

/** Each thing that it waited for, and the moments between as waiting for nothing in particular. */
function queueParts({ status }: Pick<Update, 'status'>, now: Millis): readonly TimelinePart[] {
  const end = status.startTime ?? status.finishTime
  const parts: TimelinePart[] = []
  let at = status.queuedAt
  for (const { from, to, message, reason } of status.holds) {
    if (from > at) parts.push(part('queue', undefined, at, from, now))
    parts.push(part('queue', message ?? reason, from, to, now))
    at = to ?? at
  }
  const isOpen = status.holds.at(-1)?.to === undefined && status.holds.length > 0
  if (!isOpen && (end === undefined || end > at)) parts.push(part('queue', undefined, at, end, now))
  return parts.filter(({ ms }) => ms > 0)
}

function workParts({ status }: Pick<Update, 'status'>, now: Millis): readonly TimelinePart[] {
  const { startTime, finishTime, steps } = status
  if (startTime === undefined) return []
  const [first] = steps
  // A command is not a step before it is known that it has to run.
  const looks = first !== undefined && (first.name === 'cmd' || first.name === 'skip') && first.startTime > startTime
  return [
    ...(looks ? [part('hash', undefined, startTime, first.startTime, now)] : []),
    ...steps.flatMap((step) => stepParts(step, now)),
    // The config has no steps, and those of images are told of when they are over.
    ...(steps.length === 0 ? [part('build', undefined, startTime, finishTime, now)] : []),
  ]
}

function stepParts({ name, startTime, hashedAt, finishTime }: UpdateStep, now: Millis): readonly TimelinePart[] {
  const phase = phaseOf(name)
  if (hashedAt === undefined) return [part(phase, name, startTime, finishTime, now)]
  const hash = part('hash', name, startTime, hashedAt, now)
  return hashedAt === finishTime ? [hash] : [hash, part(phase, name, hashedAt, finishTime, now)]
}

function phaseOf(step: string): TimelinePhase {
  if (step === 'live-update') return 'live-update'
  if (step === 'skip') return 'hash'
  if (step === 'deploy' || step === 'serve') return 'apply'
  return step.startsWith('push ') ? 'push' : 'build'
}
