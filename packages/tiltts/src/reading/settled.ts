import type { UIResource } from '@tiltts/spec'
import { ReadFailure } from './failures.js'

/**
 * Whether nothing is queued, building or pending for a resource, and it is ready: what follows a change has come to its
 * end. One that is switched off, or that nobody has asked to start, has nothing to come. Throws a ReadFailure when its last
 * update failed and nothing is on its way that could mend it.
 */
export function isSettled({ metadata, status }: UIResource): boolean {
  if (status.disableStatus.state === 'Disabled') return true
  if (status.queued || status.hasPendingChanges || status.currentBuild !== undefined) return false
  const { updateStatus } = status
  if (updateStatus === 'pending' || updateStatus === 'in_progress') return false
  if (updateStatus === 'error') {
    const why = status.summary === undefined ? '' : `: ${status.summary}`
    throw new ReadFailure(`uiresources/${metadata.name} failed${why}`)
  }
  const startsByItself = status.triggerMode === 0 || status.triggerMode === 1
  if (updateStatus === 'none' && !startsByItself) return true
  return status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True')
}
