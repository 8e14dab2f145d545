import type { Session } from '@tiltts/runtime'
import { rowOf, shortDuration } from './row.js'
import { rowFacts } from './row-facts.js'
import { readiness } from './summary-line.js'
import { fit } from './text.js'

/** How long it may be quiet before what is waited for is said. */
const quiet = 10_000
/** So much is said of each resource, in columns; its log has the rest. */
const widestReason = 90

/** Says on stdout what is waited for, whenever nothing was logged for a while, until the returned function is called. */
export function reportProgress(session: Session): () => void {
  const started = Date.now()
  let last = started
  const unsubscribe = session.logs.subscribe(() => {
    last = Date.now()
  })
  const timer = setInterval(() => {
    const now = Date.now()
    if (now - last < quiet) return
    last = now
    const { total, waiting } = readiness(session.store)
    if (waiting.length === 0) return
    process.stdout.write(
      `… ${shortDuration(now - started)}: ${total - waiting.length} of ${total} ready; ${waiting.slice(0, 5).map(reason).join('; ')}${waiting.length > 5 ? '; …' : ''}\n`,
    )
  }, 1000)
  const reason = (name: string): string => {
    const resource = session.store.get('UIResource', name)
    if (resource === undefined) return name
    const row = rowOf(resource, Date.now(), rowFacts(session.store, name))
    return `${name} ${row.detail === '' ? row.state : `${row.state} (${fit(row.detail, widestReason)})`}`
  }
  return () => {
    clearInterval(timer)
    unsubscribe()
  }
}
