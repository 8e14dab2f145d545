import { changed, filesChanged, switched, triggered, wantsUpdate } from '@tiltts/core/schedule'
import { readinessOf, withReadiness } from '@tiltts/core/status'
import type { ObjectStore, Tx } from '@tiltts/core/store'
import { fromApiTime, type Millis, type Resource, type ResourceStatus, type Update, wellKnown } from '@tiltts/spec'
import { switchOf } from '../switch-state.js'
import type { UpdateNames } from '../update-names.js'
import { createUpdate, endedStatus } from '../update-record.js'
import { causesOf } from './causes-of.js'
import { putServerRun, serveCmdName, updateCmdName, withdrawRun } from './cmd-specs.js'
import type { LoopGuard } from './loop-guard.js'

export interface AbsorbDeps {
  readonly store: ObjectStore
  readonly names: UpdateNames
  readonly guard: LoopGuard
}

/** What is to be done in the world after the transaction. */
export interface Effects {
  /** The running update of the resource is to end. */
  readonly cancel: boolean
  /** Files that a run touched wait to be judged. */
  readonly judge: boolean
}

/**
 * Brings a resource's status up to what has happened around it: switched on or off, files, definition, requests, its
 * server; and sees to it that an update is queued exactly when one is wanted. Repeating it changes nothing.
 */
export function absorb(deps: AbsorbDeps, tx: Tx, name: string, now: Millis): Effects {
  const resource = tx.get('Resource', name)
  if (resource === undefined) {
    forgetResource(deps, tx, name)
    return { cancel: true, judge: false }
  }
  const before = resource.status
  const on = absorbSwitch(deps, tx, resource, now)
  const files = on.enabled === 'enabled' ? absorbFiles(deps, tx, resource, on, now) : { status: on, judge: false }
  const defined = absorbDefinition(deps, tx, resource, files.status, now)
  const asked = absorbRequests(deps, tx, resource, defined, now)
  const serve = tx.get('Cmd', serveCmdName(name))
  const ready = withReadiness(asked, readinessOf({ resource: { ...resource, status: asked }, serve }), now)
  const queued = keepQueued(deps, tx, { ...resource, status: ready }, now)
  tx.status('Resource', name, () => queued)
  return { cancel: before.current !== undefined && queued.current === undefined, judge: files.judge }
}

/** Of a resource that is gone only the journal knows. What still runs for it is left until its end. */
function forgetResource({ store, guard }: AbsorbDeps, tx: Tx, name: string): void {
  guard.forget(name)
  for (const { metadata, status } of store.ofResource('Update', name))
    if (status.phase !== 'running') tx.delete('Update', metadata.name)
}

function absorbSwitch(deps: AbsorbDeps, tx: Tx, resource: Resource, now: Millis): ResourceStatus {
  const { status, metadata } = resource
  const { name } = metadata
  const state = switchOf(tx, name)
  if (state === 'unknown' || state === status.enabled) return status
  if (state === 'enabled') {
    // What changed while it was off is part of its first update.
    const watchSequence = tx.get('FileWatch', name)?.status.fileEvents.at(-1)?.sequence
    return { ...switched(status, true), watchSequence }
  }
  if (status.queued !== undefined) endQueued(tx, status.queued, 'the resource was disabled', now)
  withdrawRun(tx, updateCmdName(name))
  withdrawRun(tx, serveCmdName(name))
  for (const update of status.history) tx.delete('Update', update)
  deps.guard.forget(name)
  return switched(status, false)
}

function absorbFiles(
  { guard }: AbsorbDeps,
  tx: Tx,
  { metadata }: Resource,
  status: ResourceStatus,
  now: Millis,
): { readonly status: ResourceStatus; readonly judge: boolean } {
  const { name } = metadata
  const events = tx.get('FileWatch', name)?.status.fileEvents ?? []
  const last = events.at(-1)?.sequence ?? 0
  const seen = status.watchSequence ?? 0
  if (last === seen) return { status, judge: false }
  const update = status.current === undefined ? undefined : tx.get('Update', status.current)
  const running = update?.status.startTime && {
    startedAt: fromApiTime(update.status.startTime),
    causes: update.spec.causes,
  }
  let next: ResourceStatus = { ...status, watchSequence: last }
  let judge = false
  for (const event of events) {
    // A watch that was made anew counts from 1 again.
    if (last >= seen && event.sequence <= seen) continue
    const files = event.seenFiles
    const at = Math.min(now, fromApiTime(event.time))
    const by = guard.changed(name, files, at)
    if (by === 'run' && status.current === undefined) {
      judge = true
      continue
    }
    next = filesChanged(next, { files, at }, running || undefined)
    if (by === 'outside') next = { ...next, paused: undefined }
  }
  return { status: next, judge }
}

/** A changed command is a change to be built in; a changed server alone is only started anew. */
function absorbDefinition(
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
  const reason = reasonOfReload(tx)
  if (seen.updateHash !== updateHash) return changed({ ...status, seen: { updateHash, serveHash } }, { reason }, now)
  if (seen.serveHash === serveHash || status.current !== undefined) return status
  const next = { ...status, seen: { updateHash, serveHash } }
  const serve = tx.get('Cmd', serveCmdName(metadata.name))
  if (serve?.spec.runId === undefined || status.stopped === true) return next
  const update = deps.names.next(metadata.name)
  createUpdate(tx, { name: update, resource: metadata.name, causes: [{ reason }] }, now)
  putServerRun(tx, resource, update)
  tx.status('Update', update, (record) => restartRecord(record, now))
  return { ...next, history: [update, ...next.history].slice(0, 10) }
}

function restartRecord(record: Update['status'], now: Millis): Update['status'] {
  const ended = endedStatus(record, { phase: 'succeeded' }, now)
  const time = ended.finishTime ?? record.queuedAt
  return { ...ended, startTime: time, steps: [{ name: 'serve', startTime: time, finishTime: time }] }
}

/** What brought the present definition. */
function reasonOfReload(tx: Tx): 'args' | 'config' {
  const reasons = tx.get('Tiltfile', wellKnown.tiltfile)?.status.terminated?.reasons ?? []
  return reasons.includes('args') ? 'args' : 'config'
}

/** Updates that clients made to ask for a run. */
function absorbRequests(
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
function keepQueued(deps: AbsorbDeps, tx: Tx, resource: Resource, now: Millis): ResourceStatus {
  const { spec, status, metadata } = resource
  if (!wantsUpdate(spec, status) || switchOf(tx, metadata.name) === 'unknown') {
    if (status.queued === undefined) return status
    endQueued(tx, status.queued, 'no longer wanted', now)
    return { ...status, queued: undefined, hold: undefined }
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
function endQueued(tx: Tx, name: string, error: string, now: Millis): void {
  tx.status('Update', name, (record) => endedStatus(record, { phase: 'cancelled', error }, now))
}
