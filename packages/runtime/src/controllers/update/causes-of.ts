import { addCause, awaitsFirstUpdate } from '@tiltts/core/schedule'
import type { ResourceSpec, ResourceStatus, UpdateCause } from '@tiltts/spec'

/** Why a queued update is to run: who asked for it, the first run, and what waits to be built in. */
export function causesOf(
  spec: ResourceSpec,
  status: ResourceStatus,
  asked: readonly UpdateCause[],
): readonly UpdateCause[] {
  const initial: readonly UpdateCause[] = awaitsFirstUpdate(spec, status) ? [{ reason: 'initial' }] : []
  const triggers = asked.filter((cause) => cause.reason === 'trigger')
  return [...initial, ...status.pending].reduce(addCause, triggers)
}

/** The files that an update was started for. */
export function filesOf(causes: readonly UpdateCause[]): readonly string[] {
  return causes.flatMap((cause) => cause.files ?? [])
}
