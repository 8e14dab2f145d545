import type { ApiTime } from '@tiltts/spec'
import { containerView } from './container-view.js'
import { podsView } from './pods-view.js'
import { hasServer, type ResourceView, type RuntimeParts } from './resource-view.js'
import { serverView } from './server-view.js'
import { worstOf } from './worst-of.js'

/** What runs for a resource, its server or its containers, in the same words for both. */
export type RuntimeView =
  /** Nothing does: it has no server, or no containers. */
  | { readonly is: 'none' }
  /** Nothing asked for it yet. */
  | { readonly is: 'idle' }
  /** The engine that runs it does not answer. */
  | { readonly is: 'unknown' }
  /** Asked for, not running yet. */
  | { readonly is: 'starting'; readonly why?: string | undefined }
  | {
      readonly is: 'running'
      readonly startedAt: ApiTime | undefined
      readonly ready: boolean
      /** Why it is not ready. */
      readonly why?: string | undefined
      /** It is not just not ready yet: it was found to be broken. */
      readonly failing?: boolean | undefined
    }
  /** A container that had something to do, and has done it. */
  | { readonly is: 'done'; readonly startedAt: ApiTime | undefined; readonly finishedAt: ApiTime | undefined }
  /** Ended by itself, or never came up. */
  | {
      readonly is: 'ended'
      readonly startedAt: ApiTime | undefined
      readonly finishedAt: ApiTime | undefined
      /** For its row: `exited with code 1`. */
      readonly text: string
      /** With what has ended: `server exited with code 1`. */
      readonly sentence: string
      /** It is started again by itself. */
      readonly restarts: boolean
      /** Short runs in a row that failed; 0 when it is not started again. */
      readonly failures: number
    }
  /** Ended because somebody stopped it. */
  | {
      readonly is: 'stopped'
      readonly startedAt: ApiTime | undefined
      readonly finishedAt: ApiTime | undefined
      /** Of a container that was stopped by other means than tiltts. */
      readonly exitCode?: number | undefined
    }
  /** Its containers are not there any more. */
  | { readonly is: 'gone' }

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
