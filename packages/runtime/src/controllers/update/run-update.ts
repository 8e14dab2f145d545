import type { LogStore } from '@tiltts/core/logs'
import { changed, updateEnded, updateTakenBack } from '@tiltts/core/schedule'
import type { ObjectStore, Tx } from '@tiltts/core/store'
import { type Millis, type Resource, type ResourceStatus, toApiTime } from '@tiltts/spec'
import { updateLocal } from '../../executors/local.js'
import { cancelledOutcome, type UpdateOutcome } from '../../executors/outcome.js'
import type { Clock } from '../../ports/clock.js'
import { buildSpan } from '../cmd/span.js'
import { worldsNo } from '../tasks.js'
import { endedStatus, hasEnded } from '../update-record.js'
import { endQueued } from './absorb-requests.js'
import { filesOf } from './causes-of.js'
import { isKubernetes, type KubernetesUpdateDeps, updateKubernetes } from './kubernetes-update.js'
import type { Judgement, LoopGuard } from './loop-guard.js'
import { withoutFiles } from './pending-files.js'
import type { RerunIndex } from './rerun-index.js'
import type { ResourceWriter } from './resource-writer.js'
import { isService, type ServiceUpdateDeps, updateService } from './service-update.js'
import { stepRecord } from './step-record.js'
import { startLines } from './update-lines.js'
import { causeOf, isLocal, type StepDeps, stepsOf, type UpdateRun } from './update-steps.js'

export interface RunUpdateDeps extends StepDeps {
  /** What services are brought up to date by. */
  readonly services: ServiceUpdateDeps
  /** What resources of the cluster are brought up to date by. */
  readonly kubernetesUpdates: KubernetesUpdateDeps
  readonly clock: Clock
  readonly guard: LoopGuard
  readonly reruns: RerunIndex
  readonly resources: ResourceWriter
  /** Folder of the config. */
  readonly folder: string
}

/** An update as it was when it started. */
export interface StartedUpdate {
  /** As it was before: with what it was started for. */
  readonly resource: Resource
  readonly update: string
  /** Its changes may go straight into running containers. */
  readonly live: boolean
  /** Told of each of its images as soon as that is up to date. */
  readonly release: (image: string) => void
}

/** Carries out an update that was started, to its end, and writes down what became of it. */
export async function runUpdate(
  deps: RunUpdateDeps,
  { resource, update, live, release }: StartedUpdate,
  signal: AbortSignal,
): Promise<void> {
  const { store, logs, clock } = deps
  const { name } = resource.metadata
  const causes = store.get('Update', update)?.spec.causes ?? []
  const span = buildSpan(update)
  logs.span({ id: span, resource: name, source: 'build' })
  const goesOn = resource.status.fallback !== undefined
  if (!goesOn) logs.append(span, startLines(resource.spec, causes, deps.folder), 'info', { buildEvent: 'init' })
  const isFirst = causes.every((cause) => cause.reason === 'initial')
  const files = resource.status.pendingFiles ?? filesOf(causes)
  const steps = stepRecord(clock, goesOn ? store.get('Update', update)?.status.steps : [])
  const run: UpdateRun = { update, causes, files, isFirst, wantsLive: live, release, signal, steps }
  const end = await carryOut(deps, resource, run).catch((error: unknown) => thrown(error, signal))
  if (deps.over()) return
  tellEnd(logs, span, end)
  deps.guard.ended(name, clock.now())
  const judged = await deps.guard.judge(name)
  const warningCount = logs.alerts(span).warnings
  deps.resources.write(causeOf(resource, update), (tx, now) => {
    const before = tx.get('Resource', name)?.status
    if (end.again === true && before?.current === update) {
      takeBack(tx, resource, run, { fallback: end.fallback, now })
      return [name]
    }
    tx.status('Update', update, (status) =>
      endedStatus({ ...status, steps: run.steps.list() }, { ...end, warningCount }, now),
    )
    if (before?.current !== update) return []
    tx.status('Resource', name, (status) => judgedStatus(endOf(resource, status, update, end), judged, now))
    trimHistory(store, tx, name)
    if (end.phase !== 'succeeded') return [name]
    return [name, ...rerunDependents(deps.reruns, tx, { resource: name, update, before }, now)]
  })
}

function carryOut(deps: RunUpdateDeps, resource: Resource, run: UpdateRun): Promise<UpdateOutcome> {
  if (isService(resource)) return updateService(deps.services, resource, run)
  if (isKubernetes(resource)) return updateKubernetes(deps.kubernetesUpdates, resource, run)
  if (isLocal(resource)) return deps.services.inSlot(() => updateLocal(stepsOf(deps, resource, run), run.signal))
  throw new Error(`nothing updates the resource ${resource.metadata.name}`)
}

/** Back into the queue: what was to be done is still to be done. What was queued meanwhile becomes part of it. */
function takeBack(
  tx: Tx,
  resource: Resource,
  { update, steps }: UpdateRun,
  { fallback = resource.status.fallback, now }: { readonly fallback: string | undefined; readonly now: Millis },
): void {
  const { name } = resource.metadata
  const present = tx.get('Resource', name)?.status
  tx.status('Update', update, ({ startTime: _, ...status }) => ({
    ...status,
    phase: 'queued',
    steps: steps.list(),
    ...(fallback !== undefined && { fallback }),
  }))
  tx.status('Resource', name, (status) => updateTakenBack(status, update, resource.status, fallback))
  if (present?.queued === undefined) return
  // Somebody follows the one that was asked for.
  if (present.triggered === undefined) tx.delete('Update', present.queued)
  else endQueued(tx, update, `joined ${present.queued}, which was queued already`, now)
}

/** Calling off ends what it waits for by a throw. */
function thrown(error: unknown, signal: AbortSignal): UpdateOutcome {
  return signal.aborted ? cancelledOutcome : { phase: 'failed', error: worldsNo(error) }
}

function tellEnd(logs: LogStore, span: string, { phase, skipped, error, again, fallback }: UpdateOutcome): void {
  if (again === true) {
    if (fallback !== undefined) return
    // Why that is so is said once in the log of the session, however many updates it meets.
    logs.append(span, 'What this update needs does not answer: it begins again when that does\n', 'warn')
    return
  }
  if (skipped !== undefined) logs.append(span, `Skipped: ${skipped}\n`, 'info')
  if (phase === 'cancelled') logs.append(span, 'Build canceled\n', 'error')
  else if (error !== undefined) logs.append(span, `Update failed: ${error}\n`, 'error')
}

function endOf(resource: Resource, status: ResourceStatus, update: string, end: UpdateOutcome): ResourceStatus {
  const ended = updateEnded(status, update, end.phase, end.liveUpdate === true && end.phase === 'failed')
  if (end.phase !== 'succeeded' || ended.seen === undefined) return ended
  // The server runs by the definition that this update began with.
  return { ...ended, seen: { ...ended.seen, serveHash: resource.spec.serveHash } }
}

/** Takes in what the run has shown to be no change, and whether it goes round in circles. */
function judgedStatus(status: ResourceStatus, judged: Judgement | undefined, now: Millis): ResourceStatus {
  if (judged === undefined) return status
  const paused = judged.loop === undefined ? undefined : { file: judged.loop, since: toApiTime(now) }
  return { ...withoutFiles(status, judged.untouched), ...(paused && { paused }) }
}

/** The newest ten of a resource stay as objects; the journal has them all. */
function trimHistory(store: ObjectStore, tx: Tx, resource: string): void {
  const kept = new Set(tx.get('Resource', resource)?.status.history)
  for (const { metadata, status } of store.ofResource('Update', resource))
    if (hasEnded(status) && !kept.has(metadata.name)) tx.delete('Update', metadata.name)
}

/**
 * Each later success of a resource runs those again that asked for it. Their first run waits for it anyway.
 *
 * @returns the names of those that now have a reason to run
 */
function rerunDependents(
  reruns: RerunIndex,
  tx: Tx,
  ended: { readonly resource: string; readonly update: string; readonly before: ResourceStatus },
  now: Millis,
): readonly string[] {
  const { resource, update, before } = ended
  const names: string[] = []
  for (const name of reruns.after(resource)) {
    const dependent = tx.get('Resource', name)
    if (dependent === undefined) continue
    const { started } = dependent.status
    if (!started && (dependent.spec.autoInit || !before.succeededOnce)) continue
    tx.status('Resource', name, (status) => changed(status, { reason: 'dependency', resource, update }, now))
    names.push(name)
  }
  return names
}
