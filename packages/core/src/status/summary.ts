import type { Millis, ResourceSpec } from '@tiltts/spec'
import { reasonText } from '../schedule/causes.js'
import { pausedHold } from '../schedule/holds.js'
import { formatDuration } from './go-duration.js'
import { readyDeadline } from './readiness.js'
import { currentUpdate, isDisabled, lastUpdate, type ResourceView } from './resource-view.js'
import { runtimeView } from './runtime-view.js'

/**
 * One line for people: why a resource is not ready, or what went wrong last. `undefined` when there is nothing to say.
 * A failed update beside a server that goes on is told, although the resource is ready.
 */
export function summaryOf(view: ResourceView, now: Millis): string | undefined {
  const { status } = view.resource
  if (isDisabled(view)) return 'disabled'
  if (status.current !== undefined) {
    const reason = reasonText(currentUpdate(view)?.spec.causes ?? [])
    return reason === '' ? 'updating' : `updating (${reason})`
  }
  if (status.paused !== undefined) return pausedHold(status.paused.file).message
  if (status.hold !== undefined) return status.hold.message ?? status.hold.reason
  const update = updateSummary(view)
  const runtime = runtimeSummary(view, now)
  if (update !== undefined && runtimeView(view).is === 'running') {
    const what = runs[view.resource.spec.type]
    return `${update}; the ${what} from before goes on${runtime === undefined ? '' : ` (${runtime})`}`
  }
  return update ?? runtime
}

/** What goes on when an update fails. */
const runs: Readonly<Record<ResourceSpec['type'], string>> = {
  local: 'server',
  'docker-compose': 'container',
  k8s: 'deployment',
}

/** Who does not answer, and what is gone. */
const engines: Readonly<Record<ResourceSpec['type'], string>> = {
  local: '',
  'docker-compose': 'the Docker engine',
  k8s: 'the cluster',
}

function updateSummary(view: ResourceView): string | undefined {
  const { spec, status } = view.resource
  if (status.triggered !== undefined || status.pending.length > 0) {
    if (status.triggered === undefined && spec.triggerMode === 'manual')
      return 'has changes; trigger it to build them in'
    return 'queued'
  }
  if (status.last === 'cancelled') return 'update cancelled'
  if (status.last === 'failed') {
    const error = lastUpdate(view)?.status.error
    return error === undefined ? 'update failed' : `update failed: ${error}`
  }
  if (status.started) return undefined
  return spec.autoInit ? 'queued' : 'not started; trigger it to start'
}

function runtimeSummary(view: ResourceView, now: Millis): string | undefined {
  const { resource } = view
  const runtime = runtimeView(view)
  switch (runtime.is) {
    case 'none':
    case 'idle':
    case 'done':
      return undefined
    case 'starting':
      return runtime.why ?? 'starting'
    case 'unknown':
      return `unknown: ${engines[resource.spec.type]} does not answer`
    case 'stopped':
      return 'stopped; trigger it to start'
    case 'gone':
      return resource.spec.type === 'k8s'
        ? 'it was deleted from the cluster; trigger it to deploy it again'
        : 'its container is gone; trigger it to make a new one'
    case 'ended':
      return runtime.restarts && resource.spec.local !== undefined
        ? `${runtime.text}; will be started again`
        : runtime.text
    case 'running': {
      if (runtime.ready) return undefined
      const why = runtime.why ?? 'starting'
      const deadline = readyDeadline(resource)
      if (deadline === undefined || now < deadline) return why
      return `not ready after ${formatDuration(resource.spec.readyTimeoutMs ?? 0)} (${why})`
    }
  }
}
