import { type Millis, type Tiltfile, type UIResourceStatus, type UpdateState, wellKnown } from '@tiltts/spec'
import { conditionsOf } from './conditions.js'

/** Log span of the nth evaluation, counted from 1. */
export function evaluationSpan(n: number): string {
  return `tiltfile:${wellKnown.tiltfile}:${n}`
}

/** The row of the config itself, `(Tiltfile)`. It has only its last evaluation as history, and cannot be disabled. */
export function uiTiltfile(tiltfile: Tiltfile, previous: UIResourceStatus | undefined, now: Millis): UIResourceStatus {
  const { running, terminated, pending, evaluations } = tiltfile.status
  const update = evaluationState(tiltfile)
  const summary = summaryOf(tiltfile)
  return {
    order: 0,
    updateStatus: update,
    runtimeStatus: 'not_applicable',
    buildHistory:
      terminated === undefined
        ? []
        : [
            {
              error: terminated.error,
              warnings: tiltfile.status.diagnostics.filter((d) => d.severity === 'warning').map((d) => d.message),
              startTime: terminated.startedAt,
              finishTime: terminated.finishedAt,
              spanID: evaluationSpan(evaluations),
              isCrashRebuild: false,
            },
          ],
    currentBuild: running && { startTime: running.startedAt, spanID: evaluationSpan(evaluations + 1) },
    hasPendingChanges: pending !== undefined,
    queued: false,
    lastDeployTime: terminated?.error === '' ? terminated.finishedAt : undefined,
    triggerMode: 0,
    specs: [],
    endpointLinks: [],
    conditions: conditionsOf({
      disabled: false,
      update,
      runtime: 'not_applicable',
      summary,
      previous: previous?.conditions ?? [],
      now,
    }),
    disableStatus: { enabledCount: 0, disabledCount: 0, state: 'Enabled', sources: [] },
    summary,
  }
}

function evaluationState({ status }: Tiltfile): UpdateState {
  if (status.running !== undefined) return 'in_progress'
  if (status.pending !== undefined || status.terminated === undefined) return 'pending'
  return status.terminated.error === '' ? 'ok' : 'error'
}

function summaryOf({ status }: Tiltfile): string | undefined {
  if (status.running !== undefined) return 'evaluating'
  if (status.pending !== undefined || status.terminated === undefined) return status.waiting?.reason ?? 'queued'
  return status.terminated.error.split('\n')[0] || undefined
}
