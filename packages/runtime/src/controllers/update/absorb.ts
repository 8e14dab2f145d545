import { liveUses } from '@tiltts/core/live-update'
import { filesChanged, switched } from '@tiltts/core/schedule'
import { readinessOf, withReadiness } from '@tiltts/core/status'
import type { Tx } from '@tiltts/core/store'
import { fromApiTime, type Millis, type Resource, type ResourceStatus, toApiTime } from '@tiltts/spec'
import { switchOf } from '../switch-state.js'
import { absorbDefinition } from './absorb-definition.js'
import type { AbsorbDeps } from './absorb-deps.js'
import { absorbRequests, endQueued, keepQueued } from './absorb-requests.js'
import { serveCmdName, updateCmdName, withdrawRun } from './cmd-specs.js'

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
  const service = tx.get('DockerComposeService', name)
  const discovery = tx.get('KubernetesDiscovery', name)
  const view = { resource: { ...resource, status: asked }, serve, service, discovery }
  const ready = withReadiness(asked, readinessOf(view), now)
  if (ready.ready && !before.ready) noteReady(tx, ready, now)
  const queued = keepQueued(deps, tx, { ...resource, status: ready }, now)
  tx.status('Resource', name, () => queued)
  return { cancel: before.current !== undefined && queued.current === undefined, judge: files.judge }
}

/** What the last update has started has become ready. */
function noteReady(tx: Tx, { current, history, last }: ResourceStatus, now: Millis): void {
  const [update] = history
  if (current !== undefined || last !== 'succeeded' || update === undefined) return
  tx.status('Update', update, (status) =>
    status.readyAt === undefined ? { ...status, readyAt: toApiTime(now) } : status,
  )
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
    const seen = resource.spec.watches.map((watch) => [watch, lastSequence(tx, watch)] as const)
    return { ...switched(status, true), watchSequences: Object.fromEntries(seen) }
  }
  if (status.queued !== undefined) endQueued(tx, status.queued, 'the resource was disabled', now)
  withdrawRun(tx, updateCmdName(name))
  withdrawRun(tx, serveCmdName(name))
  for (const update of status.history) tx.delete('Update', update)
  deps.guard.forget(name)
  return switched(status, false)
}

function absorbFiles(
  deps: AbsorbDeps,
  tx: Tx,
  resource: Resource,
  status: ResourceStatus,
  now: Millis,
): { readonly status: ResourceStatus; readonly judge: boolean } {
  let next = status
  let judge = false
  for (const watch of resource.spec.watches) {
    const absorbed = absorbWatch(deps, tx, resource, { watch, status: next }, now)
    next = absorbed.status
    judge ||= absorbed.judge
  }
  return { status: next, judge }
}

/** Takes in what one of the resource's watches has seen since it was looked at last. */
function absorbWatch(
  { guard }: AbsorbDeps,
  tx: Tx,
  { metadata, spec }: Resource,
  { watch, status }: { readonly watch: string; readonly status: ResourceStatus },
  now: Millis,
): { readonly status: ResourceStatus; readonly judge: boolean } {
  const { name } = metadata
  const events = tx.get('FileWatch', watch)?.status.fileEvents ?? []
  const last = events.at(-1)?.sequence ?? 0
  const seen = status.watchSequences?.[watch] ?? 0
  if (last === seen) return { status, judge: false }
  const update = status.current === undefined ? undefined : tx.get('Update', status.current)
  const running = update?.status.startTime && {
    startedAt: fromApiTime(update.status.startTime),
    causes: update.spec.causes,
  }
  let next: ResourceStatus = { ...status, watchSequences: { ...status.watchSequences, [watch]: last } }
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
    next = filesChanged(next, { files, at }, running || undefined, liveUses(spec).length > 0)
    if (by === 'outside') next = { ...next, paused: undefined }
  }
  return { status: next, judge }
}

function lastSequence(tx: Tx, watch: string): number {
  return tx.get('FileWatch', watch)?.status.fileEvents.at(-1)?.sequence ?? 0
}
