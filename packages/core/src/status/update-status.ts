import type { UpdateState } from '@tiltts/spec'
import { wantsUpdate } from '../schedule/candidate.js'
import { isDisabled, onlyServes, type ResourceView } from './resource-view.js'

/**
 * The update half of a resource's state: what runs, before what waits, before how the last one ended. A resource that
 * only serves has nothing to be ok about. Disabled: none.
 */
export function updateStatus(view: Pick<ResourceView, 'resource'>): UpdateState {
  const { spec, status } = view.resource
  if (isDisabled(view)) return 'none'
  if (status.current !== undefined) return 'in_progress'
  if (wantsUpdate(spec, status)) return 'pending'
  if (status.last === 'failed' || status.last === 'cancelled') return 'error'
  if (onlyServes(view)) return 'not_applicable'
  return status.last === 'succeeded' ? 'ok' : 'none'
}
