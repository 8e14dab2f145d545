import type { LogStore } from '@tiltts/core/logs'
import { changed, updateEnded } from '@tiltts/core/schedule'
import type { ObjectStore, StoreCause, Tx } from '@tiltts/core/store'
import { type Resource, type ResourceStatus, toApiTime, type UpdateCause } from '@tiltts/spec'
import {
  type FingerprintDeps,
  type Fingerprinted,
  hashInputs,
  isUnchanged,
  rememberOutputs,
} from '../../executors/fingerprint.js'
import { type CommandEnd, cancelledEnd, type LocalEnd, type LocalSteps, updateLocal } from '../../executors/local.js'
import type { Clock } from '../../ports/clock.js'
import type { CmdWaits } from '../cmd/cmd-waits.js'
import { buildSpan } from '../cmd/span.js'
import { worldsNo } from '../tasks.js'
import { endedStatus, hasEnded } from '../update-record.js'
import { type AbsorbDeps, absorb } from './absorb.js'
import { filesOf } from './causes-of.js'
import { putServerRun, putUpdateRun, updateCmdName } from './cmd-specs.js'
import { withoutFiles } from './pending-files.js'
import type { RerunIndex } from './rerun-index.js'
import { type StepRecord, stepRecord } from './step-record.js'
import { startLines } from './update-lines.js'

export interface RunUpdateDeps extends AbsorbDeps {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly clock: Clock
  readonly waits: CmdWaits
  readonly reruns: RerunIndex
  readonly fingerprints: FingerprintDeps
  /** Folder of the config. */
  readonly folder: string
  /** Whether the session is ending. Then what becomes of updates is not written down any more. */
  readonly over: () => boolean
}

/** An update under way. */
interface UpdateRun {
  readonly update: string
  readonly causes: readonly UpdateCause[]
  /** Nothing but the start of the session asked for it. */
  readonly isFirst: boolean
  readonly signal: AbortSignal
  readonly steps: StepRecord
}

/** Carries out an update that was started, to its end, and writes down what became of it. */
export async function runUpdate(
  deps: RunUpdateDeps,
  resource: Resource,
  update: string,
  signal: AbortSignal,
): Promise<void> {
  const { store, logs, clock } = deps
  const { name } = resource.metadata
  const causes = store.get('Update', update)?.spec.causes ?? []
  const span = buildSpan(update)
  logs.span({ id: span, resource: name, source: 'build' })
  logs.append(span, startLines(resource.spec, causes, deps.folder), 'info', { buildEvent: 'init' })
  const isFirst = causes.every((cause) => cause.reason === 'initial')
  const run: UpdateRun = { update, causes, isFirst, signal, steps: stepRecord(clock) }
  const end = await updateLocal(stepsOf(deps, resource, run), signal).catch((error: unknown) => thrown(error, signal))
  if (deps.over()) return
  if (end.skipped !== undefined) logs.append(span, `Skipped: ${end.skipped}\n`, 'info')
  if (end.error !== undefined) logs.append(span, `${failureLine(end)}\n`, 'error')
  deps.guard.ended(name, clock.now())
  const judged = await deps.guard.judge(name)
  const warningCount = logs.alerts(span).warnings
  store.update(causeOf(resource, update), (tx) => {
    const now = clock.now()
    const before = tx.get('Resource', name)?.status
    tx.status('Update', update, (status) =>
      endedStatus({ ...status, steps: run.steps.list() }, { ...end, warningCount }, now),
    )
    if (before?.current !== update) return
    tx.status('Resource', name, (status) => {
      const ended = endOf(resource, status, update, end)
      if (judged === undefined) return ended
      const paused = judged.loop === undefined ? undefined : { file: judged.loop, since: toApiTime(now) }
      return { ...withoutFiles(ended, judged.untouched), ...(paused && { paused }) }
    })
    trimHistory(deps, tx, name)
    if (end.phase === 'succeeded') rerunDependents(deps, tx, name, update, before.succeededOnce)
    absorb(deps, tx, name, now)
  })
}

/** Calling off ends what it waits for by a throw. */
function thrown(error: unknown, signal: AbortSignal): LocalEnd {
  return signal.aborted ? cancelledEnd : { phase: 'failed', error: worldsNo(error) }
}

function endOf(resource: Resource, status: ResourceStatus, update: string, end: LocalEnd): ResourceStatus {
  const ended = updateEnded(status, update, end.phase)
  if (end.phase !== 'succeeded' || ended.seen === undefined) return ended
  // The server runs by the definition that this update began with.
  return { ...ended, seen: { ...ended.seen, serveHash: resource.spec.serveHash } }
}

function failureLine(end: LocalEnd): string {
  return end.phase === 'cancelled' ? 'Build canceled' : `Update failed: ${end.error ?? ''}`
}

function stepsOf(deps: RunUpdateDeps, resource: Resource, run: UpdateRun): LocalSteps {
  const { name } = resource.metadata
  const { local, updateHash } = resource.spec
  const { signal } = run
  const subject: Fingerprinted = { name, local, updateHash }
  const keepsTrack = local.cmd !== undefined && local.outputs.length > 0
  let inputs = ''
  return {
    ...(keepsTrack && {
      async unchanged() {
        inputs = await hashInputs(deps.fingerprints, subject, signal)
        const same = run.isFirst && (await isUnchanged(deps.fingerprints, subject, inputs, signal))
        return same ? 'inputs and outputs are unchanged since the last successful run' : undefined
      },
      remember: () => remember(deps, subject, inputs, run),
    }),
    ...(local.cmd !== undefined && { command: () => runCommand(deps, resource, run) }),
    ...(local.serve !== undefined && { serve: () => startServer(deps, resource, run) }),
    step: (step) => run.steps.begin(step),
  }
}

/** A command that has succeeded does not fail because nobody can note it down: it is only not skipped the next time. */
async function remember(deps: RunUpdateDeps, subject: Fingerprinted, inputs: string, run: UpdateRun): Promise<void> {
  try {
    await rememberOutputs(deps.fingerprints, subject, inputs, run.signal)
  } catch (error) {
    if (run.signal.aborted) return
    deps.logs.append(buildSpan(run.update), `Its outputs cannot be kept in mind: ${worldsNo(error)}\n`, 'warn')
  }
}

async function runCommand(deps: RunUpdateDeps, resource: Resource, run: UpdateRun): Promise<CommandEnd> {
  const { store } = deps
  const { update, signal } = run
  const { name } = resource.metadata
  const cmdName = updateCmdName(name)
  store.update(causeOf(resource, update), (tx) => {
    tx.status('Update', update, (status) => ({ ...status, steps: run.steps.list() }))
    if (tx.get('Resource', name)?.status.current === update) putUpdateRun(tx, resource, update, filesOf(run.causes))
  })
  const stop = (): void => {
    if (deps.over()) return
    store.update(causeOf(resource, update), (tx) => {
      const present = tx.get('Cmd', cmdName)
      if (present?.spec.runId === update) tx.spec('Cmd', cmdName, (spec) => ({ ...spec, stopRunId: update }))
    })
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  const end = await deps.waits.ended(cmdName, update)
  signal.removeEventListener('abort', stop)
  return end ?? { exitCode: 137, reason: 'killed' }
}

function startServer(deps: RunUpdateDeps, resource: Resource, { update, steps }: UpdateRun): void {
  const { name } = resource.metadata
  deps.store.update(causeOf(resource, update), (tx) => {
    tx.status('Update', update, (status) => ({ ...status, steps: steps.list() }))
    if (tx.get('Resource', name)?.status.current === update) putServerRun(tx, resource, update)
  })
}

/** The newest ten of a resource stay as objects; the journal has them all. */
function trimHistory(deps: RunUpdateDeps, tx: Tx, resource: string): void {
  const kept = new Set(tx.get('Resource', resource)?.status.history)
  for (const { metadata, status } of deps.store.ofResource('Update', resource))
    if (hasEnded(status) && !kept.has(metadata.name)) tx.delete('Update', metadata.name)
}

/** Each later success of a resource runs those again that asked for it. Their first run waits for it anyway. */
function rerunDependents(
  deps: RunUpdateDeps,
  tx: Tx,
  resource: string,
  update: string,
  succeededBefore: boolean,
): void {
  const now = deps.clock.now()
  for (const name of deps.reruns.after(resource)) {
    const dependent = tx.get('Resource', name)
    if (dependent === undefined) continue
    const { started } = dependent.status
    if (!started && (dependent.spec.autoInit || !succeededBefore)) continue
    tx.status('Resource', name, (status) => changed(status, { reason: 'dependency', resource, update }, now))
    absorb(deps, tx, name, now)
  }
}

function causeOf(resource: Resource, update: string): StoreCause {
  return { by: 'update', resource: resource.metadata.name, update }
}
