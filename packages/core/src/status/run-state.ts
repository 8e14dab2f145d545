import type { UIRun } from '@tiltts/spec'
import { endingView } from './pods-view.js'
import { isDisabled, type ResourceView } from './resource-view.js'
import { isHopeless } from './runtime-view.js'

/** How what the last update of a resource has started has ended, where it ends by itself. */
export function runState(view: ResourceView): UIRun | undefined {
  const { status } = view.resource
  const [update] = status.history
  if (isDisabled(view) || status.current !== undefined || status.last !== 'succeeded' || update === undefined)
    return undefined
  const ending = endingView(view)
  switch (ending?.is) {
    case undefined:
      return undefined
    case 'done':
      return { update, state: 'succeeded' }
    case 'gone':
      return { update, state: 'failed', error: 'it was deleted from the cluster before its end' }
    case 'ended':
      return isHopeless(ending) ? { update, state: 'failed', error: ending.text } : { update, state: 'running' }
    default:
      return { update, state: 'running' }
  }
}
