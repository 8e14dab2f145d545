import type { ResourceSpec, ResourceStatus, UpdateCause } from '@tiltts/spec'
import { hasLiveUpdate } from '../live-update/live-update-covers.js'
import { liveUses } from '../live-update/live-uses.js'

/**
 * Whether an update could leave the images alone, as far as its causes go: its containers hold what was built last, and
 * only files have changed since. A trigger asks for a whole new build, except of a manual resource, where it is the way
 * to let changes in.
 */
export function wantsLiveUpdate(
  spec: Pick<ResourceSpec, 'images' | 'kubernetes' | 'triggerMode'>,
  status: ResourceStatus,
): boolean {
  if (!hasLiveUpdate(liveUses(spec)) || !status.started || status.stopped === true) return false
  if (status.fallback !== undefined) return false
  if (status.last !== 'succeeded' && status.liveStepFailed !== true) return false
  if (status.triggered !== undefined && spec.triggerMode === 'auto') return false
  return status.pending.length > 0 && status.pending.every((cause) => cause.reason === 'files')
}

/**
 * Whether an update is to build everything anew, changed or not: somebody triggered it, and it is not just how a manual
 * resource takes its changed files in. A first update is no more than that, whoever asked for it.
 *
 * @param first - the resource was never updated
 */
export function isForced(
  { triggerMode }: Pick<ResourceSpec, 'triggerMode'>,
  causes: readonly UpdateCause[],
  first: boolean,
): boolean {
  if (first || !causes.some((cause) => cause.reason === 'trigger')) return false
  const others = causes.filter((cause) => cause.reason !== 'trigger')
  return triggerMode === 'auto' || others.length === 0 || others.some((cause) => cause.reason !== 'files')
}
