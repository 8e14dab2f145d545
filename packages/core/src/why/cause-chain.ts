import {
  fromApiTime,
  type HoldInterval,
  type Millis,
  type Update,
  type UpdateCause,
  type WhyUpdate,
} from '@tiltts/spec'
import { reasonText } from '../schedule/causes.js'
import { fileNames } from './stand-of.js'
import type { WhyView } from './types.js'

/**
 * Finds updates by name, those that have ended and left the store included. The journal is read when one of these is asked
 * for, once.
 */
export function updateFinder({ store }: Pick<WhyView, 'store'>): (name: string) => Update | undefined {
  let ended: ReadonlyMap<string, Update> | undefined
  return (name) => {
    const present = store.get('Update', name)
    if (present !== undefined) return present
    ended ??= new Map(store.journal.updates().map((update) => [update.metadata.name, update]))
    return ended.get(name)
  }
}

/** An update with all that it follows from: nearer ones before farther ones, each once. */
export function causeChain(view: WhyView, update: string): readonly WhyUpdate[] {
  const find = updateFinder(view)
  const names = [update]
  const seen = new Set(names)
  const chain: WhyUpdate[] = []
  // Grows while it is gone through.
  for (const name of names) {
    const found = find(name)
    if (found === undefined) continue
    chain.push(whyUpdate(found, view.now))
    for (const { update: before } of found.spec.causes) {
      if (before === undefined || seen.has(before)) continue
      seen.add(before)
      names.push(before)
    }
  }
  return chain
}

function whyUpdate({ metadata, spec, status }: Update, now: Millis): WhyUpdate {
  const { phase, queuedAt, startTime, finishTime, error, skipped, liveUpdate, fallback, holds } = status
  return {
    ...{ update: metadata.name, resource: spec.resource, phase, queuedAt },
    ...given({ startTime, finishTime, error, skipped, liveUpdate, fallback }),
    causes: spec.causes.map((cause) => ({ ...cause, message: causeText(cause) })),
    waited: holds.map((hold) => ({
      ...{ reason: hold.reason, on: hold.on, message: hold.message ?? hold.reason },
      ms: lengthOf(hold, now),
    })),
  }
}

export function lengthOf({ from, to }: Pick<HoldInterval, 'from' | 'to'>, now: Millis): Millis {
  return Math.max(0, (to === undefined ? now : fromApiTime(to)) - fromApiTime(from))
}

/** Without what is `undefined`, so that a comparison with what comes over the wire holds. */
function given<T extends object>(parts: T): T {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as T
}

/** A cause as one line. */
function causeText(cause: UpdateCause): string {
  switch (cause.reason) {
    case 'initial':
      return 'its first update'
    case 'files':
      return `changed: ${fileNames(cause.files ?? [], cause.fileCount)}`
    case 'dependency':
      return `${cause.resource ?? 'a dependency'} was updated`
    case 'config':
      return 'the config defines it otherwise now'
    case 'args':
      return 'the arguments of the session define it otherwise now'
    case 'trigger':
      return `triggered by ${cause.by ?? 'somebody'}`
    case 'restart':
      return reasonText([cause])
  }
}
