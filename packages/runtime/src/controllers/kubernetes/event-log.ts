import type { LogStore } from '@tiltts/core/logs'
import type { Millis } from '@tiltts/spec'
import {
  backOffOf,
  type ClusterEvent,
  eventLine,
  gistOf,
  hindranceOf,
  isTold,
  isUnreadiness,
} from './cluster-events.js'

export interface EventLogDeps {
  readonly logs: Pick<LogStore, 'span' | 'append'>
  /** When the session began. */
  readonly since: Millis
  /** The resources that an object belongs to, as far as that is known by now. */
  readonly resourcesOf: (uid: string) => ReadonlySet<string>
  /** Whether a pod should have been ready by some time: failed probes of one that is coming up mean nothing yet. */
  readonly shouldBeReady: (pod: string, at: Millis) => boolean
  /** What stands in the way of an object has changed. */
  readonly onHindrance: (uid: string) => void
}

/** Puts what the cluster says of objects into the logs of their resources. */
export interface EventLog {
  take(event: ClusterEvent): void
  /** The cluster has forgotten an event. */
  drop(event: string): void
  /** It has turned out what some objects belong to. @param about only these; @default all */
  flush(about?: ReadonlySet<string>): void
  hindrance(uid: string): { readonly reason: string; readonly message: string } | undefined
  /** When it was last said that a container of a pod is not started again for now. */
  backOff(pod: string, container: string): Millis | undefined
  /** It was overcome. */
  clear(uid: string): void
  /** Nothing can be said of it any more. */
  forget(uid: string): void
}

/** So many events may wait for their objects to be known; older ones were not about any of ours. */
const mostHeld = 500

export function eventLog({ logs, since, resourcesOf, shouldBeReady, onHindrance }: EventLogDeps): EventLog {
  const told = new Map<string, string>()
  const held = new Map<string, ClusterEvent>()
  const hindrances = new Map<string, { readonly reason: string; readonly message: string }>()
  /** By pod, then by container. */
  const backOffs = new Map<string, Map<string, Millis>>()
  // Events do not tell parts of seconds.
  const from = Math.floor(since / 1000) * 1000

  /** @returns whether it belongs to anybody */
  const tell = (event: ClusterEvent): boolean => {
    const resources = resourcesOf(event.about.uid)
    if (resources.size === 0) return false
    // Repetitions are not worth a line each.
    const { of, gist } = gistOf(event)
    if (told.get(of) === gist) return true
    told.set(of, gist)
    for (const resource of resources) {
      const span = `events:${resource}`
      logs.span({ id: span, resource, source: 'runtime' })
      logs.append(span, `${eventLine(event)}\n`, event.normal ? 'info' : 'warn')
    }
    return true
  }

  const clear = (uid: string): void => {
    hindrances.delete(uid)
    told.delete(`${uid}/FailedCreate`)
  }

  return {
    take(event) {
      if (event.at < from) return
      const hindrance = hindranceOf(event)
      if (hindrance !== undefined) {
        hindrances.set(event.about.uid, hindrance)
        onHindrance(event.about.uid)
      }
      const container = backOffOf(event)
      if (container !== undefined) {
        const ofPod = backOffs.get(event.about.uid) ?? new Map<string, Millis>()
        backOffs.set(event.about.uid, ofPod.set(container, event.at))
        onHindrance(event.about.uid)
      }
      if (isUnreadiness(event) && !shouldBeReady(event.about.uid, event.at)) return
      if (!isTold(event) || tell(event)) return
      held.delete(event.uid)
      held.set(event.uid, event)
      const [oldest] = held.keys()
      if (held.size > mostHeld && oldest !== undefined) held.delete(oldest)
    },
    drop(event) {
      told.delete(event)
    },
    flush(about) {
      for (const [uid, event] of held) {
        if (about !== undefined && !about.has(event.about.uid)) continue
        if (tell(event)) held.delete(uid)
      }
    },
    hindrance: (uid) => hindrances.get(uid),
    backOff: (pod, container) => backOffs.get(pod)?.get(container),
    clear,
    forget(uid) {
      clear(uid)
      backOffs.delete(uid)
    },
  }
}
