import type { ObjectStore } from '@tiltts/core/store'
import { type ClusterName, type ClusterStatus, type LogLevel, toApiTime } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'

export interface ClusterRecordDeps {
  readonly store: ObjectStore
  readonly clock: Pick<Clock, 'now'>
  /** Writes a line in the log of the session itself. */
  readonly say: (text: string, level: LogLevel) => void
}

/** What is told of an engine that comes and goes: in the status of its Cluster, and in the log, where each is said once. */
export interface ClusterRecord {
  lost(message: string): void
  /** @param status absent: it has nothing new to say of itself */
  answers(who: string, status: ClusterStatus | undefined): void
  /** Nothing needs it any more: what was said of it is over. */
  forget(): void
}

/**
 * @param by who writes the status
 * @param what is needed of it, for the sentence that says who waits: `Docker`
 */
export function clusterRecord(
  { store, clock, say }: ClusterRecordDeps,
  { name, by, what }: { readonly name: ClusterName; readonly by: string; readonly what: string },
): ClusterRecord {
  let said = false
  return {
    lost(message) {
      const now = toApiTime(clock.now())
      store.update({ by }, (tx) =>
        tx.status('Cluster', name, ({ errorSince = now, ...status }) => ({
          ...status,
          connectedAt: undefined,
          error: message,
          errorSince,
        })),
      )
      if (said) return
      said = true
      say(`${message}\nWhat needs ${what} waits for it, and goes on by itself`, 'error')
    },
    answers(who, status) {
      if (status !== undefined) store.update({ by }, (tx) => tx.status('Cluster', name, () => status))
      if (said)
        say(`${who} answers again (version ${status?.version ?? store.get('Cluster', name)?.status.version})`, 'info')
      said = false
    },
    forget() {
      said = false
    },
  }
}
