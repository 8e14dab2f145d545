import { createLogStore, type LogStoreOptions } from './log-store.js'
import type { LogArchive, LogQuery, LogSegment, LogStore } from './types.js'

export interface TestArchive extends LogArchive {
  /** Forgets all lines before this one, as an archive does at its limit. */
  dropBefore(seq: number): void
  /** Takes no more from now on. */
  fill(): void
}

/** An archive in memory whose answers come a turn later. */
export function testArchive(): TestArchive {
  let kept: readonly LogSegment[] = []
  let full = false
  return {
    append(segments) {
      if (!full) kept = [...kept, ...segments]
    },
    async *read(from, to) {
      const wanted = kept.filter((segment) => segment.seq < to && segment.seq + segment.count > from)
      for (let at = 0; at < wanted.length; at += 3) {
        await Promise.resolve()
        yield wanted.slice(at, at + 3)
      }
    },
    firstSeq: () => kept[0]?.seq ?? 0,
    redact(from, change) {
      kept = kept.map((one) => (one.seq + one.count > from ? { ...one, text: change(one.text) } : one))
    },
    async close() {},
    dropBefore(seq) {
      kept = kept.filter((segment) => segment.seq >= seq)
    },
    fill() {
      full = true
    },
  }
}

/** A store with a build span and a runtime span for each of these resources: `build:api`, `serve:api`. */
export function testStore(
  options: Partial<LogStoreOptions> & { readonly resources?: readonly string[] } = {},
): LogStore {
  const { resources = ['api', 'web'], ...rest } = options
  let time = 1_000
  const logs = createLogStore({ now: () => time++, ...rest })
  for (const resource of resources) {
    logs.span({ id: `build:${resource}`, resource, source: 'build' })
    logs.span({ id: `serve:${resource}`, resource, source: 'runtime' })
  }
  logs.span({ id: 'global', resource: '', source: 'runtime' })
  return logs
}

export async function readAll(logs: LogStore, query: LogQuery = {}): Promise<readonly LogSegment[]> {
  const found: LogSegment[] = []
  for await (const batch of logs.read(query)) found.push(...batch)
  return found
}

export async function readText(logs: LogStore, query: LogQuery = {}): Promise<string> {
  return (await readAll(logs, query)).map((segment) => segment.text).join('')
}
