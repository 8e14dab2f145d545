import { inSlices } from '../slices.js'
import { type CompareContext, compare } from './compare.js'
import type { Folder } from './folder.js'
import type { Roots } from './roots.js'

/** Looks from time to time at the folders that the system refuses to watch. */
export interface Polling {
  /** Begins, unless begun. Ends by itself when all folders are watched again. */
  start(): void
  close(): void
}

/** What share of the time may be spent looking. */
const dutyShare = 0.1
/** File systems stamp changes by a clock that ticks a few milliseconds behind ours. */
const clockSlackMs = 50

export function createPolling(options: {
  readonly context: CompareContext
  readonly roots: Roots
  readonly pollMs: number
  readonly relocate: () => void
}): Polling {
  const { context, roots, pollMs, relocate } = options
  const { folders } = context
  let timer: NodeJS.Timeout | undefined
  let active = false
  let closed = false
  let since = 0
  // What was reported within the slack would be found again by the next look.
  let recent = new Map<string, number>()

  const rewatch = (list: readonly Folder[]): void => {
    for (const folder of list) if (!folder.closed && !folders.rewatch(folder, context.lost)) break
  }

  const recheckWaiting = (list: readonly Folder[]): void => {
    for (const folder of list) {
      for (const waiting of folder.waits?.values() ?? []) for (const root of waiting) roots.recheck(root, since)
    }
  }

  const look = async (): Promise<void> => {
    const begun = Date.now()
    const started = performance.now()
    const list = [...folders.refused.keys()]
    const reported = new Map<string, number>()
    // The system may have room again.
    rewatch(list)
    recheckWaiting(list)
    await inSlices(
      compare(context, list, (path, stats) => {
        if (closed || stats.ctimeMs < since) return false
        reported.set(path, stats.ctimeMs)
        return recent.get(path) !== stats.ctimeMs
      }),
    )
    recent = reported
    since = begun - clockSlackMs
    if (closed) return
    relocate()
    await context.scan.done()
    if (closed) return
    active = folders.refused.size > 0
    if (active) timer = setTimeout(look, Math.max(pollMs, (performance.now() - started) / dutyShare))
  }

  return {
    start() {
      if (active || closed) return
      active = true
      // Their names were learned after they were refused: what changed since then is to be found.
      since = Date.now()
      for (const refusal of folders.refused.values()) since = Math.min(since, refusal.at)
      since -= clockSlackMs
      timer = setTimeout(look, pollMs)
    },
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
