import { liveUpdateCovers } from '@tiltts/core/live-update'
import { isWithin } from '@tiltts/core/paths'
import { type IgnoreRule, type ImageUse, isTiltError } from '@tiltts/spec'
import { filesToSyncFirst } from './initial-sync.js'
import { isAway } from './is-away.js'
import type { LiveContainer, LiveUpdateDeps } from './live-container.js'
import { type FileState, lookAtFiles } from './look-at-files.js'
import { type ContainerUpdate, updateContainer } from './update-container.js'

/** What a live update of a resource came to. */
export type LiveUpdateEnd =
  | { readonly kind: 'done'; readonly containers: number; readonly copied: number; readonly removed: number }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly exitCode: number; readonly error: string }
  | { readonly kind: 'fallback'; readonly reason: string }

export interface LiveUpdateRequest {
  /** Name of the resource. */
  readonly owner: string
  readonly images: readonly ImageUse[]
  /** What of the files of an image does not count, by the name of the Image object. */
  readonly ignoresOf: (image: string) => readonly IgnoreRule[]
  /** All files that changed, absolute. */
  readonly files: readonly string[]
  /**
   * The containers as they are now. Asked again when one of those that ran did not take the files, with them: what is known
   * of them may be older than that.
   */
  readonly containers: (doubted?: readonly LiveContainer[]) => Promise<readonly LiveContainer[]>
  readonly log: (text: string, level?: 'info' | 'warn' | 'error') => void
}

/** So often a container may be replaced under the update before it gives up. */
const attempts = 3

/** Brings changed files into all running containers of a resource, or says why only a new image can. */
export async function liveUpdate(
  deps: LiveUpdateDeps,
  request: LiveUpdateRequest,
  signal: AbortSignal,
): Promise<LiveUpdateEnd> {
  const covered = liveUpdateCovers(request.images, request.files)
  if (!covered.covered) return { kind: 'fallback', reason: covered.reason }
  const states = await lookAtFiles(deps.files, request.files, signal)
  let containers = await request.containers()
  for (let attempt = 1; ; attempt++) {
    const running = containers.filter(({ state }) => state.running)
    if (running.length === 0) return { kind: 'fallback', reason: whyNone(containers) }
    const fresh = await newcomersOf(deps, request, containers, signal)
    const ends = await Promise.all(
      running.map((container) =>
        updateOne(deps, request, { container, states, fresh: fresh.get(container.id) }, signal),
      ),
    )
    const end = together(ends)
    if (end.kind !== 'fallback' || attempt === attempts) return end
    containers = await request.containers(running)
    const now = new Set(containers.map(({ id }) => id))
    // Was one replaced in the meantime? Then the new one may take it.
    if (running.every(({ id }) => now.has(id))) return end
    signal.throwIfAborted()
  }
}

/**
 * Brings the containers of a resource that were just made in line with `initialSync`, and takes down which there are.
 * Without one they hold what their image holds.
 */
export async function syncNewContainers(
  deps: LiveUpdateDeps,
  request: Omit<LiveUpdateRequest, 'files'>,
  signal: AbortSignal,
): Promise<LiveUpdateEnd> {
  const containers = await request.containers()
  const { containers: newcomers } = await deps.synced.meet(
    request.owner,
    containers.map(({ id }) => id),
  )
  if (!request.images.some((image) => image.deployed && image.liveUpdate?.initialSync)) return { kind: 'unchanged' }
  const running = containers.filter(({ id, state }) => state.running && newcomers.includes(id))
  const ends = await Promise.all(
    running.map((container) => updateOne(deps, request, { container, states: [], fresh: [] }, signal)),
  )
  return together(ends)
}

/** By container that has come since the last update: the files that were synced into the others before. */
async function newcomersOf(
  deps: LiveUpdateDeps,
  { owner }: LiveUpdateRequest,
  containers: readonly LiveContainer[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly FileState[]>> {
  const found = await deps.synced.meet(
    owner,
    containers.map(({ id }) => id),
  )
  const states = found.containers.length === 0 ? [] : await lookAtFiles(deps.files, found.files, signal)
  return new Map(found.containers.map((id) => [id, states]))
}

interface ContainerTurn {
  readonly container: LiveContainer
  /** What has changed. */
  readonly states: readonly FileState[]
  /** What a container that is new may lack beside; absent: it is not new. */
  readonly fresh: readonly FileState[] | undefined
}

/** What the container or the engine refuses is why only a new image helps. */
async function updateOne(
  deps: LiveUpdateDeps,
  request: Omit<LiveUpdateRequest, 'files'>,
  turn: ContainerTurn,
  signal: AbortSignal,
): Promise<ContainerUpdate> {
  try {
    return await updateImagesOf(deps, request, turn, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (!isTiltError(error) || error.class !== 'infra' || isAway(error)) throw error
    return { kind: 'stop', reason: error.message }
  }
}

async function updateImagesOf(
  deps: LiveUpdateDeps,
  { images, ignoresOf, log }: Omit<LiveUpdateRequest, 'files'>,
  { container, states, fresh }: ContainerTurn,
  signal: AbortSignal,
): Promise<ContainerUpdate> {
  let end: ContainerUpdate = { kind: 'unchanged' }
  for (const image of images) {
    if (image.liveUpdate === undefined || !image.deployed || container.images?.has(image.name) === false) continue
    const known = await deps.synced.of(container.id, deps.images.known(image.name)?.files)
    const all = new Map([...(fresh ?? []), ...states].map((state) => [state.path, state]))
    if (fresh !== undefined && image.liveUpdate.initialSync) {
      const first = await filesToSyncFirst(deps, { image, ignores: ignoresOf(image.name), container, known }, signal)
      for (const state of first) if (!all.has(state.path)) all.set(state.path, state)
    }
    const files = [...all.values()].filter(({ path }) => image.inputs.some((input) => isWithin(path, input)))
    const update = await updateContainer(deps, { container, spec: image.liveUpdate, files, known, log }, signal)
    if (update.kind === 'stop' || update.kind === 'failed') return update
    if (update.kind === 'done') end = update
  }
  return end
}

function together(ends: readonly ContainerUpdate[]): LiveUpdateEnd {
  const stop = ends.find((end) => end.kind === 'stop')
  if (stop !== undefined) return { kind: 'fallback', reason: stop.reason }
  const failed = ends.find((end) => end.kind === 'failed')
  if (failed !== undefined) return failed
  const done = ends.filter((end) => end.kind === 'done')
  if (done.length === 0) return { kind: 'unchanged' }
  return {
    kind: 'done',
    containers: done.length,
    copied: Math.max(...done.map(({ copied }) => copied)),
    removed: Math.max(...done.map(({ removed }) => removed)),
  }
}

function whyNone(containers: readonly LiveContainer[]): string {
  const [first] = containers
  if (first === undefined) return 'it has no container'
  const { status, exitCode } = first.state
  return status === 'exited'
    ? `container ${first.name} has exited (code ${exitCode})`
    : `container ${first.name} is ${status}`
}
