import { containerView } from './container-view.js'
import { podsView } from './pods-view.js'
import { hasServer, type ResourceView, type RuntimeParts } from './resource-view.js'
import { serverView } from './server-view.js'
import type { RuntimeView } from './what-runs.js'
import { worstOf } from './worst-of.js'

/** After so many failures in a row what runs counts as failed, although it is still started again. */
const hopelessFailures = 5

/** Whether what has ended is not expected to come up by itself any more. */
export function isHopeless({ restarts, failures }: Extract<RuntimeView, { is: 'ended' }>): boolean {
  return !restarts || failures >= hopelessFailures
}

/** Reads what runs for a resource, whatever kind of resource it is. */
export function runtimeView(view: RuntimeParts): RuntimeView {
  if (!hasServer(view)) return { is: 'none' }
  switch (view.resource.spec.type) {
    case 'local':
      return serverView(view.serve)
    case 'docker-compose':
      return serviceView(view)
    case 'k8s':
      return podsView(view)
  }
}

/**
 * Containers count from the first update that succeeded: those of an earlier session may be of another image and another
 * definition. Of several, the one that is worst off speaks for all.
 */
function serviceView({ resource, service }: Pick<ResourceView, 'resource' | 'service'>): RuntimeView {
  const { status } = resource
  const { compose } = resource.spec
  const updating = status.current !== undefined
  if (status.stopped === true) return { is: 'stopped', startedAt: undefined, finishedAt: undefined }
  if (!status.succeededOnce) return updating ? { is: 'starting' } : { is: 'idle' }
  if (service?.status.known !== true || compose === undefined) return { is: 'unknown' }
  const { containers, startedOnce } = service.status
  if (containers.length === 0) return updating || !startedOnce ? { is: 'starting' } : { is: 'gone' }
  const view = worstOf(containers.map((one) => containerView(one, compose.service, containers.length)))
  // What stands still during an update is about to be replaced or started.
  return updating && (view.is === 'ended' || view.is === 'stopped') ? { is: 'starting' } : view
}
