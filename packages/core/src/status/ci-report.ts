import { clusterName, fromApiTime, type HoldInterval, type Millis, type ObjectRef, type Update } from '@tiltts/spec'
import { currentUpdate, isDisabled, lastUpdate, type ResourceView } from './resource-view.js'
import { runtimeView } from './runtime-view.js'
import { summaryOf } from './summary.js'
import { type TimedStep, timedSteps } from './update-steps.js'

export type CiRowState =
  | 'ready'
  | 'succeeded'
  | 'unchanged'
  | 'failed'
  | 'not ready'
  | 'updating'
  | 'waiting'
  | 'not started'
  | 'disabled'

/** One row of the table that ends a `ci` run. */
export interface CiRow {
  readonly resource: string
  readonly state: CiRowState
  /** From the start of its update until it was ready, had ended or failed, or until now. Absent: it never started. */
  readonly durationMs?: Millis | undefined
  /** Of the update that the row tells of; absent: it had none. */
  readonly steps?: readonly TimedStep[] | undefined
  /** What its update waited for longest before it started. */
  readonly waitedOn?: { readonly what: string; readonly ms: Millis } | undefined
  /** Why it is not well, in one line. */
  readonly detail?: string | undefined
  /** What the probe or the health check said last, where that is why it is not ready. */
  readonly probeOutput?: string | undefined
}

/** The rows, in the order given. */
export function ciReport(resources: readonly ResourceView[], now: Millis): readonly CiRow[] {
  return resources.map((view) => {
    const state = rowState(view)
    const isWell = state === 'ready' || state === 'succeeded' || state === 'unchanged'
    const update = currentUpdate(view) ?? lastUpdate(view)
    const steps = update === undefined ? [] : timedSteps(update, now)
    const waits = update ?? view.updates.find((candidate) => candidate.status.phase === 'queued')
    return {
      resource: view.resource.metadata.name,
      state,
      durationMs: durationOf(view, update, now),
      steps: steps.length === 0 ? undefined : steps,
      waitedOn: waits && longestWait(waits.status.holds, now),
      detail: isWell ? undefined : summaryOf(view, now),
      probeOutput: state === 'not ready' || state === 'failed' ? probeFailure(view) : undefined,
    }
  })
}

function rowState(view: ResourceView): CiRowState {
  const { status } = view.resource
  if (isDisabled(view)) return 'disabled'
  if (status.current !== undefined) return 'updating'
  if (status.last === 'failed' || status.last === 'cancelled') return 'failed'
  const state = runtimeRowState(view)
  if (state !== undefined) return state
  if (status.last === 'succeeded') return lastUpdate(view)?.status.skipped === undefined ? 'succeeded' : 'unchanged'
  return status.hold !== undefined || view.resource.spec.autoInit ? 'waiting' : 'not started'
}

/** `undefined` when its update says more. */
function runtimeRowState(view: ResourceView): CiRowState | undefined {
  const runtime = runtimeView(view)
  switch (runtime.is) {
    case 'none':
    case 'idle':
    case 'done':
      return undefined
    case 'running':
      return runtime.ready ? 'ready' : 'not ready'
    case 'ended':
      return 'failed'
    default:
      return 'not ready'
  }
}

function durationOf(view: ResourceView, update: Update | undefined, now: Millis): Millis | undefined {
  const start = update?.status.startTime
  if (start === undefined) return undefined
  return Math.max(0, endOf(view, update, now) - fromApiTime(start))
}

function endOf(view: ResourceView, update: Update | undefined, now: Millis): Millis {
  const { status } = view.resource
  const runtime = runtimeView(view)
  if (runtime.is === 'running' || runtime.is === 'starting')
    return status.readySince === undefined ? now : fromApiTime(status.readySince)
  const finishedAt = 'finishedAt' in runtime ? runtime.finishedAt : undefined
  const end = finishedAt ?? update?.status.finishTime
  return end === undefined ? now : fromApiTime(end)
}

function longestWait(holds: readonly HoldInterval[], now: Millis): CiRow['waitedOn'] {
  const total = new Map<string, Millis>()
  for (const hold of holds) {
    const until = hold.to === undefined ? now : fromApiTime(hold.to)
    const what = waitedFor(hold)
    total.set(what, (total.get(what) ?? 0) + Math.max(0, until - fromApiTime(hold.from)))
  }
  const [longest] = [...total].toSorted((a, b) => b[1] - a[1])
  return longest && { what: longest[0], ms: longest[1] }
}

function waitedFor({ reason, on }: HoldInterval): string {
  if (reason === 'waiting-for-slot') return 'a free slot'
  if (reason === 'tiltfile-reload') return 'the config'
  return on.length === 0 ? reason : on.map(refName).join(', ')
}

/** Clusters are known by what they are; the one of Kubernetes is called `default`. */
function refName({ kind, name }: ObjectRef): string {
  if (kind !== 'Cluster') return name
  return name === clusterName.docker ? 'the Docker engine' : 'the cluster'
}

function probeFailure({ serve, service }: ResourceView): string | undefined {
  const unhealthy = service?.status.containers.find(({ state }) => state.healthStatus === 'unhealthy')
  if (unhealthy !== undefined) return unhealthy.state.healthOutput || undefined
  const probe = serve?.status.probe
  return probe?.lastResult === 'failure' && probe.lastOutput !== '' ? probe.lastOutput : undefined
}
