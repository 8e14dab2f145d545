import { changed } from '@tiltts/core/schedule'
import type { Tx } from '@tiltts/core/store'
import { type Millis, type Resource, type ResourceStatus, type Update, type UpdateCause, wellKnown } from '@tiltts/spec'
import { createUpdate, endedStatus, hasEnded } from '../update-record.js'
import type { AbsorbDeps } from './absorb-deps.js'
import { putServerRun, serveCmdName } from './cmd-specs.js'

/** A changed command is a change to be built in; a changed server alone is only started anew. */
export function absorbDefinition(
  deps: AbsorbDeps,
  tx: Tx,
  resource: Resource,
  status: ResourceStatus,
  now: Millis,
): ResourceStatus {
  const { spec, metadata } = resource
  const { updateHash, serveHash } = spec
  const { seen } = status
  if (seen === undefined || !status.started) return { ...status, seen: { updateHash, serveHash } }
  const cause = causeOfReload(deps, tx)
  if (seen.updateHash !== updateHash) return changed({ ...status, seen: { updateHash, serveHash } }, cause, now)
  if (seen.serveHash === serveHash || status.current !== undefined) return status
  const next = { ...status, seen: { updateHash, serveHash } }
  const serve = tx.get('Cmd', serveCmdName(metadata.name))
  if (serve?.spec.runId === undefined || status.stopped === true) return next
  const update = deps.names.next(metadata.name)
  createUpdate(tx, { name: update, resource: metadata.name, causes: [cause] }, now)
  putServerRun(tx, resource, update)
  tx.status('Update', update, (record) => restartRecord(record, now))
  return { ...next, history: [update, ...next.history].slice(0, 10) }
}

function restartRecord(record: Update['status'], now: Millis): Update['status'] {
  const ended = endedStatus(record, { phase: 'succeeded' }, now)
  const time = ended.finishTime ?? record.queuedAt
  return { ...ended, startTime: time, steps: [{ name: 'serve', startTime: time, finishTime: time }] }
}

/** What brought the present definition: the evaluation that ended last. */
function causeOfReload({ store }: AbsorbDeps, tx: Tx): UpdateCause {
  const reasons = tx.get('Tiltfile', wellKnown.tiltfile)?.status.terminated?.reasons ?? []
  const evaluation = store.ofResource('Update', wellKnown.tiltfile).findLast(({ status }) => hasEnded(status))
  return { reason: reasons.includes('args') ? 'args' : 'config', update: evaluation?.metadata.name }
}
