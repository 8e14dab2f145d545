import type { LogStore } from '@tiltts/core/logs'
import type { JournalEntry, ObjectStore } from '@tiltts/core/store'
import { type Kind, kinds, type ObjectOf } from '@tiltts/spec'

/** Transactions that a dump tells of, the newest. */
const maxEntries = 1_000

/** All state of the engine, also what is not for clients: for people who look for a fault. */
export interface EngineDump {
  readonly revision: number
  readonly objects: Readonly<Record<string, readonly ObjectOf<Kind>[]>>
  readonly journal: readonly JournalEntry[]
  /** Numbers of the first line that is still to be had, and of the next one. */
  readonly log: { readonly firstSeq: number; readonly nextSeq: number }
}

export function engineDump(store: ObjectStore, logs: LogStore): EngineDump {
  const objects = Object.values(kinds).map(({ kind }) => [kind, store.list(kind)] as const)
  return {
    revision: store.revision,
    objects: Object.fromEntries(objects),
    journal: store.journal.entries().slice(-maxEntries),
    log: { firstSeq: logs.firstSeq, nextSeq: logs.nextSeq },
  }
}
