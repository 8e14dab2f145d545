import type { LogSegment } from '@tiltts/core/logs'
import type { Session } from '@tiltts/runtime'
import type { LogPrinter } from './log-printer.js'

/** Lines of the past that a log begins with. */
const pastLines = 500

/** Prints the newest past of a resource's log (of all logs without a name), then what comes, until the returned function is called. */
export function followLog(
  session: Pick<Session, 'logs'>,
  resource: string | undefined,
  printer: LogPrinter,
): () => void {
  const { logs } = session
  let stopped = false
  // What comes while the past is read is held back, so that lines are in order and none comes twice.
  let held: LogSegment[] | undefined = []
  const unsubscribe = logs.subscribe((segment) => {
    if (held === undefined) printer.print(segment)
    else held.push(segment)
  })
  const printPast = async (): Promise<void> => {
    let next = 0
    for await (const batch of logs.read({
      tail: pastLines,
      ...(resource === undefined ? {} : { resources: [resource] }),
    })) {
      if (stopped) return
      for (const segment of batch) {
        printer.print(segment)
        next = segment.seq + segment.count
      }
    }
    for (const segment of held ?? []) if (segment.seq >= next) printer.print(segment)
    held = undefined
  }
  void printPast()
  return () => {
    stopped = true
    unsubscribe()
  }
}
