import type { EditEffect, Millis, Resource } from '@tiltts/spec'
import { hasLiveUpdate, liveUpdateCovers } from '../live-update/live-update-covers.js'
import { liveUses } from '../live-update/live-uses.js'
import {
  type Candidate,
  candidateOf,
  filesChanged,
  type RuntimeFacts,
  runtimeFacts,
  schedulable,
} from '../schedule/index.js'
import type { ResourceView } from '../status/resource-view.js'

/** What would come of the change of a watched file, and why it would be no live update. */
export interface Effect {
  readonly effect: EditEffect
  readonly message: string
  readonly fallback?: string | undefined
}

/**
 * What an edit of a watched file would do now: the file is taken in as a real one is, and the scheduler's own functions say
 * what becomes of it. What waits beside it counts, as it would then.
 */
export function editEffect({ resource, service, discovery }: ResourceView, path: string, now: Millis): Effect {
  const { spec } = resource
  if (resource.status.enabled === 'disabled') return { effect: 'nothing', message: 'it is disabled' }
  const uses = liveUses(spec)
  const status = filesChanged(resource.status, { files: [path], at: now }, undefined, uses.length > 0)
  const edited: Resource = { ...resource, status }
  const facts = runtimeFacts(edited, { service, discovery })
  const candidate = candidateOf(schedulable(edited), spec.inputsFrom ?? [], facts)
  if (candidate === undefined)
    return { effect: 'needs-trigger', message: 'its changes wait until somebody triggers it (manual)' }
  if (candidate.live) return { effect: 'live-update', message: 'it goes straight into the running containers' }
  if (candidate.awaitsContainer)
    return { effect: 'live-update', message: 'it goes into the containers as soon as they run' }
  const fallback = hasLiveUpdate(uses) ? fallbackOf(edited, facts, candidate) : undefined
  const builds = spec.images.length > 0
  return {
    effect: builds ? 'image-build' : 'update',
    message:
      candidate.paused === undefined ? whatRuns(edited) : 'it is paused, since each of its runs changes its own files',
    ...(fallback !== undefined && { fallback }),
  }
}

function whatRuns({ spec }: Resource): string {
  if (spec.images.length > 0) return 'the images that it is part of are built, then deployed'
  if (spec.kubernetes !== undefined) return 'it is deployed again'
  if (spec.compose !== undefined) return 'compose builds the image, and the service is brought up again'
  const { cmd, serve } = spec.local
  if (cmd === undefined) return 'the server is started anew'
  return serve === undefined ? 'its command runs' : 'its command runs, then the server is started anew'
}

/** Why the containers cannot take the change in. The files are looked at first, as the update itself does. */
function fallbackOf({ spec, status }: Resource, facts: RuntimeFacts, candidate: Candidate): string {
  const uses = liveUses(spec)
  const covered = liveUpdateCovers(uses, status.pendingFiles ?? [])
  if (!covered.covered) return covered.reason
  if (candidate.first) return 'it was never updated: the first update builds'
  if (status.stopped === true) return 'its containers were stopped by hand'
  if (status.fallback !== undefined) return status.fallback
  if (status.last !== 'succeeded' && status.liveStepFailed !== true) return 'its last update failed'
  if (status.pending.some(({ reason }) => reason !== 'files')) return 'something else than files has changed, too'
  if (candidate.triggeredAt !== undefined) return 'somebody triggered it, which builds everything'
  return facts.containers === 'down' ? 'its containers do not run' : 'its containers cannot take it in now'
}
