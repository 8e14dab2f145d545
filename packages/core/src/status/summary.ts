import type { Millis } from '@tiltts/spec'
import { reasonText } from '../schedule/causes.js'
import { pausedHold } from '../schedule/holds.js'
import { formatDuration } from './go-duration.js'
import { readyDeadline } from './readiness.js'
import { currentUpdate, isDisabled, lastUpdate, type ResourceView } from './resource-view.js'
import { exitText, serverState } from './server-state.js'

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
  const server = serverSummary(view, now)
  if (update !== undefined && serverState(view.serve).is === 'running')
    return `${update}; the server from before ${server === undefined ? 'goes on' : `goes on (${server})`}`
  return update ?? server
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

function serverSummary({ resource, serve }: ResourceView, now: Millis): string | undefined {
  const server = serverState(serve)
  switch (server.is) {
    case 'idle':
      return undefined
    case 'starting':
      return (serve?.status.runId === serve?.spec.runId ? serve?.status.waiting?.reason : undefined) ?? 'starting'
    case 'stopped':
      return 'stopped; trigger it to start'
    case 'ended':
      return server.restarts ? `${exitText(server.run)}; will be started again` : exitText(server.run)
    case 'running': {
      if (server.ready) return undefined
      const said = firstLine(serve?.status.probe?.lastOutput)
      const probe = said === undefined ? 'starting' : `probe: ${said}`
      const deadline = readyDeadline(resource)
      if (deadline === undefined || now < deadline) return probe
      return `not ready after ${formatDuration(resource.spec.readyTimeoutMs ?? 0)} (${probe})`
    }
  }
}

function firstLine(text: string | undefined): string | undefined {
  return text
    ?.split('\n')
    .find((line) => line.trim() !== '')
    ?.trim()
}
