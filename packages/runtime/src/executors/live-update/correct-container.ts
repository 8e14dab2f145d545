import { planLiveUpdate } from '@tiltts/core/live-update'
import type { LiveUpdateSpec } from '@tiltts/spec'
import { hashOfContainerFile } from './held-as.js'
import type { LiveContainer, LiveUpdateDeps } from './live-container.js'
import { lookAtFiles } from './look-at-files.js'
import { updateContainer } from './update-container.js'

/** What is to be done about a container that was live-updated in an earlier session. */
export type Correction =
  /** It holds what is here, or has been made to. */
  | { readonly kind: 'good'; readonly corrected: readonly string[] }
  /** It cannot be made to: a new one has to take its place. */
  | { readonly kind: 'replace'; readonly reason: string }

export interface CorrectionRequest {
  readonly container: LiveContainer
  /** Name of the Image object. */
  readonly image: string
  readonly spec: LiveUpdateSpec | undefined
  readonly log: (text: string, level?: 'info' | 'warn' | 'error') => void
}

/**
 * Compares what was synced into a container with what is here now, by content, and corrects what differs. The container
 * runs the image that belongs to the files of now, so only the touched paths can differ.
 */
export async function correctContainer(
  deps: LiveUpdateDeps,
  { container, image, spec, log }: CorrectionRequest,
  signal: AbortSignal,
): Promise<Correction> {
  const touched = await deps.synced.touched(container.id)
  if (touched.length === 0) return { kind: 'good', corrected: [] }
  if (spec === undefined) return { kind: 'replace', reason: 'its image is not live-updated any more' }
  if (!container.state.running) return { kind: 'replace', reason: `container ${container.name} does not run` }
  const local = await lookAtFiles(
    deps.files,
    touched.map(({ localPath }) => localPath),
    signal,
  )
  const there = await deps.channels.with(container.id, signal, (channel) =>
    channel.inspect(
      touched.map(({ containerPath }) => containerPath),
      signal,
    ),
  )
  const known = await deps.synced.of(container.id, deps.images.known(image)?.files)
  for (const { containerPath, localPath } of touched)
    known.synced(localPath, hashOfContainerFile(there.get(containerPath)))
  // A path that the syncs of now put elsewhere cannot be corrected by them.
  const plan = planLiveUpdate(spec, local)
  const reached = new Set(plan.kind === 'update' ? [...plan.copy.map((c) => c.containerPath), ...plan.remove] : [])
  const stray = touched.find(({ containerPath, localPath }) => {
    const state = local.find(({ path }) => path === localPath)
    return !reached.has(containerPath) && !known.holds(localPath, state?.hash)
  })
  if (stray !== undefined) return { kind: 'replace', reason: `nothing syncs to ${stray.containerPath} any more` }
  const differing = local.filter(({ path, hash }) => !known.holds(path, hash))
  if (differing.length === 0) return { kind: 'good', corrected: [] }
  const update = await updateContainer(deps, { container, spec, files: differing, known, log }, signal)
  if (update.kind === 'stop') return { kind: 'replace', reason: update.reason }
  if (update.kind === 'failed') return { kind: 'replace', reason: update.error }
  return { kind: 'good', corrected: differing.map(({ path }) => path) }
}
