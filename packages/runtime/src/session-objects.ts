import { stopBuildButton } from '@tiltts/core/graph'
import { uiSession } from '@tiltts/core/status'
import type { Tx } from '@tiltts/core/store'
import { type Millis, toApiTime, wellKnown } from '@tiltts/spec'
import { putConfigWatch, withMainReads } from './controllers/tiltfile/config-watch.js'
import { initialTiltfileStatus } from './controllers/tiltfile/transitions.js'
import type { SessionOptions } from './session-types.js'

/** The objects that every session begins with. */
export function createSessionObjects(tx: Tx, options: SessionOptions, pid: number, now: Millis): void {
  const session = tx.put(
    'Session',
    wellKnown.session,
    {
      tiltfilePath: options.mainPath,
      exitCondition: options.command === 'ci' ? 'ci' : 'manual',
      ...(options.ciTimeoutMs !== undefined && { ci: { timeoutMs: options.ciTimeoutMs } }),
    },
    { pid, startTime: toApiTime(now), done: false, error: '', targets: [] },
  )
  tx.put('UISession', wellKnown.session, {}, uiSession(session, { version: options.version }))
  const { mainPath, args } = options
  const reads = withMainReads(mainPath, [])
  tx.put('Tiltfile', wellKnown.tiltfile, { path: mainPath, args }, { ...initialTiltfileStatus, reads })
  const stop = stopBuildButton(wellKnown.tiltfile)
  tx.put('UIButton', stop.name, stop.spec, {}, { annotations: stop.annotations })
  // From the start, so that an edit during the first evaluation is not missed.
  if (options.command === 'dev') putConfigWatch(tx, wellKnown.tiltfile, reads, [])
}

/** Shows clients that the session cannot go on. */
export function showFatalError(tx: Tx, message: string): void {
  tx.status('UISession', wellKnown.session, (status) => ({ ...status, fatalError: message }))
}
