import { triggered, wantsUpdate } from '@tiltts/core/schedule'
import type { Tx } from '@tiltts/core/store'
import type { Millis, Resource, ResourceStatus, Update } from '@tiltts/spec'
import { switchOf } from '../switch-state.js'
import { createUpdate, endedStatus } from '../update-record.js'
import type { AbsorbDeps } from './absorb-deps.js'
import { causesOf } from './causes-of.js'

/** Updates that clients made to ask for a run. */
export function absorbRequests(
  deps: AbsorbDeps,
  tx: Tx,
  resource: Resource,
  status: ResourceStatus,
  now: Millis,
): ResourceStatus {
  let next = status
  for (const { metadata } of deps.store.ofResource('Update', resource.metadata.name)) {
    const update = tx.get('Update', metadata.name)
    if (update?.status.phase !== 'queued' || metadata.name === next.queued) continue
    if (next.triggered === undefined && next.enabled === 'enabled') next = takeRequest(tx, update, next, now)
    else endQueued(tx, metadata.name, refusal(next), now)
  }
  return next
}

/** The client's Update takes the place of one that was queued for other reasons, so that the client can follow it. */
function takeRequest(tx: Tx, update: Update, status: ResourceStatus, now: Millis): ResourceStatus {
  const { name } = update.metadata
  const replaced = status.queued === undefined ? undefined : tx.get('Update', status.queued)
  if (replaced !== undefined) {
    tx.status('Update', name, (record) => ({ ...record, holds: replaced.status.holds }))
    tx.delete('Update', replaced.metadata.name)
  }
  return { ...triggered(status, name, now), queued: name }
}

function refusal(status: ResourceStatus): string {
  if (status.enabled === 'disabled') return 'the resource is currently disabled'
  return `joined ${status.triggered?.update ?? 'another update'}, which was queued already`
}

/** Queues an update when one is wanted, keeps its causes true, and takes it back when none is wanted any more. */
export function keepQueued(deps: AbsorbDeps, tx: Tx, resource: Resource, now: Millis): ResourceStatus {
  const { spec, status, metadata } = resource
  if (!wantsUpdate(spec, status) || switchOf(tx, metadata.name) === 'unknown') {
    if (status.queued === undefined) return status
    endQueued(tx, status.queued, 'no longer wanted', now)
    return { ...status, queued: undefined, hold: undefined, fallback: undefined }
  }
  const present = status.queued === undefined ? undefined : tx.get('Update', status.queued)
  const causes = causesOf(spec, status, present?.spec.causes ?? [])
  if (present !== undefined) {
    tx.spec('Update', present.metadata.name, (record) => ({ ...record, causes }))
    return status
  }
  const name = deps.names.next(metadata.name)
  createUpdate(tx, { name, resource: metadata.name, causes }, now)
  return { ...status, queued: name }
}

/** A queued update that will not run. */
export function endQueued(tx: Tx, name: string, error: string, now: Millis): void {
  tx.status('Update', name, (record) => endedStatus(record, { phase: 'cancelled', error }, now))
}
