import { type LogQuery, type LogSegment, type LogStore, logLines } from '@tiltts/core/logs'
import type { LogLevel, LogSource } from '@tiltts/spec'
import type { Context, Hono } from 'hono'
import { ApiError } from './rest/api-error.js'

const levels: readonly LogLevel[] = ['debug', 'verbose', 'info', 'warn', 'error']
const sources: readonly (LogSource | 'all')[] = ['all', 'build', 'runtime']

/**
 * Adds `GET /api/logs`: one JSON line (a `LogLine`) a log line.
 * Query: `resource` (repeatable), `source`, `level` (this and above), `since` (ms since the epoch), `tail`, `follow=1`.
 */
export function serveLogs(app: Hono, logs: LogStore): void {
  app.get('/api/logs', (c) => {
    const query = queryOf(c)
    const follow = c.req.query('follow') === '1'
    return new Response(stream(logs, query, follow, c.req.raw.signal), {
      headers: { 'content-type': 'application/x-ndjson' },
    })
  })
}

/** What the client has not taken yet may grow to this; then the rest is read again from the store. */
const highWater = 1 << 20

function stream(logs: LogStore, query: LogQuery, follow: boolean, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const iterator = segments(logs, query, follow, signal)
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else
          controller.enqueue(
            encoder.encode(
              logLines(value)
                .map((line) => `${JSON.stringify(line)}\n`)
                .join(''),
            ),
          )
      },
      async cancel() {
        await iterator.return(undefined)
      },
    },
    { highWaterMark: highWater, size: (chunk) => chunk?.byteLength ?? 0 },
  )
}

/** The past, then, when following, what comes: always read from the store, so that a slow client loses nothing. */
async function* segments(
  logs: LogStore,
  query: LogQuery,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly LogSegment[], void, undefined> {
  let wake = (): void => {}
  const unsubscribe = follow ? logs.subscribe(() => wake()) : () => {}
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort)
  try {
    let next = logs.nextSeq
    for await (const batch of logs.read(query)) {
      if (batch.length > 0) yield batch
      next = Math.max(next, ...batch.map(endOf))
    }
    const { tail: _tail, ...rest } = query
    while (follow && !signal.aborted) {
      if (logs.nextSeq === next) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      const from = next
      next = logs.nextSeq
      for await (const batch of logs.read({ ...rest, fromSeq: from })) {
        if (batch.length > 0) yield batch
        // What came while a slow client was waited for may have been read, too: not once more.
        next = Math.max(next, ...batch.map(endOf))
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    unsubscribe()
  }
}

const endOf = (segment: LogSegment): number => segment.seq + segment.count

function queryOf(c: Context): LogQuery {
  const level = c.req.query('level')
  const source = c.req.query('source')
  return {
    resources: c.req.queries('resource'),
    minLevel: level === undefined ? undefined : oneOf('level', level, levels),
    source: source === undefined ? undefined : oneOf('source', source, sources),
    since: numberOf(c, 'since'),
    tail: numberOf(c, 'tail'),
  }
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value)
  if (found === undefined)
    throw new ApiError(400, 'BadRequest', `${name} must be one of ${allowed.join(', ')}, not "${value}"`)
  return found
}

function numberOf(c: Context, name: string): number | undefined {
  const text = c.req.query(name)
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text)) throw new ApiError(400, 'BadRequest', `${name} must be a whole number, not "${text}"`)
  return Number(text)
}
