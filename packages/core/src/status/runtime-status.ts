import type { Millis, RuntimeState } from '@tiltts/spec'
import { readyDeadline } from './readiness.js'
import { isDisabled, type RuntimeParts } from './resource-view.js'
import { runtimeView } from './runtime-view.js'

/**
 * The runtime half of a resource's state, which is that of its server or its containers: ok when ready, or when they have
 * done their work; pending until then; error when they ended by themselves (a server: whatever the exit code), are gone,
 * were found unhealthy, or stayed unready beyond the resource's `readyTimeout`. `unknown` when nothing asked for them yet,
 * they were stopped by hand, or their engine does not answer; `not_applicable` when nothing runs for the resource;
 * disabled: none.
 */
export function runtimeStatus(view: RuntimeParts, now: Millis): RuntimeState {
  if (isDisabled(view)) return 'none'
  const runtime = runtimeView(view)
  switch (runtime.is) {
    case 'none':
      return 'not_applicable'
    case 'idle':
    case 'stopped':
    case 'unknown':
      return 'unknown'
    case 'starting':
      return 'pending'
    case 'ended':
    case 'gone':
      return 'error'
    case 'done':
      return 'ok'
    case 'running':
      if (runtime.ready) return 'ok'
      if (runtime.failing === true) return 'error'
      return now >= (readyDeadline(view.resource) ?? Number.POSITIVE_INFINITY) ? 'error' : 'pending'
  }
}
