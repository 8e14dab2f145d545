import type { Millis, RuntimeState } from '@tiltts/spec'
import { readyDeadline } from './readiness.js'
import { hasServer, isDisabled, type ResourceView } from './resource-view.js'
import { serverState } from './server-state.js'

/**
 * The runtime half of a resource's state, which is its server's: ok when ready, pending until then, error when it ended
 * by itself, whatever the exit code, or stayed unready beyond the resource's `readyTimeout`. `unknown` when nothing
 * asked for the server yet, or it was stopped by hand; `not_applicable` without a server; disabled: none.
 */
export function runtimeStatus(view: Pick<ResourceView, 'resource' | 'serve'>, now: Millis): RuntimeState {
  if (isDisabled(view)) return 'none'
  if (!hasServer(view)) return 'not_applicable'
  const server = serverState(view.serve)
  switch (server.is) {
    case 'idle':
    case 'stopped':
      return 'unknown'
    case 'starting':
      return 'pending'
    case 'ended':
      return 'error'
    case 'running':
      if (server.ready) return 'ok'
      return now >= (readyDeadline(view.resource) ?? Number.POSITIVE_INFINITY) ? 'error' : 'pending'
  }
}
