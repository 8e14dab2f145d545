import { liveUses } from '@tiltts/core/live-update'
import type { LogStore } from '@tiltts/core/logs'
import { wantsLiveUpdate } from '@tiltts/core/schedule'
import type { ObjectStore } from '@tiltts/core/store'
import type { Resource } from '@tiltts/spec'
import { changesText } from '../../executors/live-update/changes-text.js'
import type { LiveUpdateDeps } from '../../executors/live-update/live-container.js'
import { type LiveUpdateRequest, liveUpdate } from '../../executors/live-update/live-update.js'
import type { UpdateOutcome } from '../../executors/outcome.js'
import { buildSpan } from '../cmd/span.js'
import type { UpdateRun } from './update-steps.js'

export interface LiveStepDeps extends LiveUpdateDeps {
  readonly store: ObjectStore
  readonly logs: LogStore
}

/** What a live update of a resource needs, whatever runs its containers. */
export type LiveRequest = Omit<LiveUpdateRequest, 'files'>

export function liveRequest(
  { store }: Pick<LiveStepDeps, 'store'>,
  { metadata, spec }: Resource,
  containers: LiveUpdateRequest['containers'],
  log: LiveRequest['log'],
): LiveRequest {
  return {
    owner: metadata.name,
    images: liveUses(spec),
    ignoresOf: (image) => store.get('Image', image)?.spec.node.ignores ?? [],
    containers,
    log,
  }
}

/**
 * Brings changed files straight into running containers, where that is wanted. `undefined`: nothing to be tried. What could
 * not be done goes back into the queue: a build has to wait for its turn, for a slot and for its images, which changes on
 * their way into containers need not.
 */
export async function tryLiveUpdate(
  deps: LiveStepDeps,
  resource: Resource,
  run: UpdateRun,
  containers: LiveUpdateRequest['containers'],
): Promise<UpdateOutcome | undefined> {
  const { spec, status } = resource
  // Also when the files do not fit, or nothing runs: then it says why.
  if (!run.wantsLive && !wantsLiveUpdate(spec, status)) return undefined
  const span = buildSpan(run.update)
  const log = (text: string, level: 'info' | 'warn' | 'error' = 'info'): void =>
    void deps.logs.append(span, text, level)
  const done = run.steps.begin('live-update')
  const request = liveRequest(deps, resource, containers, log)
  const end = await liveUpdate(deps, { ...request, files: run.files }, run.signal)
  switch (end.kind) {
    case 'done':
      done()
      log(`Updated ${end.containers === 1 ? 'the container' : `${end.containers} containers`}: ${changesText(end)}\n`)
      return { phase: 'succeeded', liveUpdate: true }
    case 'unchanged':
      done()
      return { phase: 'succeeded', liveUpdate: true, skipped: 'the containers hold these files already' }
    case 'failed':
      done(end.error)
      return { phase: 'failed', liveUpdate: true, error: end.error, exitCode: end.exitCode }
    case 'fallback':
      done(end.reason)
      log(`Live update not possible: ${end.reason}. ${insteadOf(resource)}\n`, 'warn')
      return { phase: 'cancelled', fallback: end.reason, again: true }
  }
}

/** What is done where files could not go straight into containers. */
function insteadOf({ spec }: Resource): string {
  return spec.images.length > 0 ? 'Building the image instead' : 'Deploying it again instead'
}
