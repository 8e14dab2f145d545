import { fromApiTime, type Millis, type Pod } from '@tiltts/spec'

/** Tells pods that are coming up from those that should be ready. */
export interface ComingUp {
  see(pod: Pod): void
  forget(uid: string): void
  shouldBeReady(pod: Pod, at: Millis): boolean
}

/** So long a container may take to answer its probes after its start, before anybody is told that it does not. */
const startMs: Millis = 30_000

export function comingUp(): ComingUp {
  const wasReady = new Set<string>()
  return {
    see(pod) {
      if (pod.ready) wasReady.add(pod.uid)
    },
    forget: (uid) => void wasReady.delete(uid),
    shouldBeReady(pod, at) {
      // One that goes away has stopped to answer.
      if (pod.deleting) return false
      if (wasReady.has(pod.uid)) return true
      const starts = pod.containers.flatMap(({ init, startedAt }) =>
        init || startedAt === undefined ? [] : [startedAt],
      )
      return starts.some((start) => at - fromApiTime(start) >= startMs)
    },
  }
}
