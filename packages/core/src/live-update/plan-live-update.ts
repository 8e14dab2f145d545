import type { LiveUpdateSpec, RunStepSpec, SyncSpec } from '@tiltts/spec'
import { isWithin, parentPath } from '../paths/index.js'
import { containerPathOf } from './container-path.js'
import { obstacle } from './obstacle.js'
import { placesOf } from './place-of.js'
import type { LiveUpdateFile, LiveUpdatePlan, SyncedPath } from './types.js'

interface Copy extends SyncedPath {
  readonly rank: number
  readonly isFolder: boolean
}

/**
 * What it takes to bring changed files into a container that runs the image of before. The order of the files does not
 * matter, nor does naming one twice.
 *
 * Each file goes where the first sync that reaches it and does not ignore it puts it; where two files have one target, the
 * earlier sync wins. What only ignoring syncs reach is left out. A new folder is copied by itself, since what is in it has
 * changed, too: its target must become a folder if it is none. Where a folder has become a file, the old folder is removed
 * first. A folder that is gone goes with all below, but for one that holds the target of another sync: of that only the files
 * go. Folders alone, new ones and those that are gone, run no commands and restart nothing.
 *
 * The plan is to stop when a file lies under a stop path, when no sync reaches it, or when the source of a sync is gone or
 * is a link.
 *
 * @param files - those that concern the image, see {@link filesOfImage}
 * @example
 * planLiveUpdate(spec, [{ path: '/app/src/a.ts', state: 'file' }, { path: '/app/src/b.ts', state: 'gone' }])
 * // { kind: 'update', remove: ['/srv/b.ts'], copy: [{ localPath: '/app/src/a.ts', containerPath: '/srv/a.ts' }], … }
 */
export function planLiveUpdate(spec: LiveUpdateSpec, files: readonly LiveUpdateFile[]): LiveUpdatePlan {
  const placeOf = placesOf(spec)
  const obstacles: { readonly path: string; readonly reason: string }[] = []
  const copies = new Map<string, Copy>()
  const removed: SyncedPath[] = []
  const contents: string[] = []

  for (const { path, state, wasFolder = false } of inOrder(files)) {
    const place = placeOf(path)
    const reason = obstacle(path, place, state)
    if (reason !== undefined) obstacles.push({ path, reason })
    if (reason !== undefined || place.is !== 'synced') continue
    const isFolder = state === 'folder'
    const containerPath = containerPathOf(place.sync, place.below, isFolder)
    if (!isFolder && !wasFolder) contents.push(path)
    if (state === 'gone') {
      if (!wasFolder || !holdsTarget(containerPath, spec.syncs)) removed.push({ localPath: path, containerPath })
    } else keepFirst(copies, { localPath: path, containerPath, rank: place.rank, isFolder })
  }

  const [first, ...others] = obstacles
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`
    return { kind: 'stop', reason: first.reason + more, files: obstacles.map(({ path }) => path) }
  }
  if (copies.size === 0 && removed.length === 0) return { kind: 'nothing' }
  return {
    kind: 'update',
    remove: removals(removed, copies),
    copy: [...copies.values()]
      .map(({ localPath, containerPath }) => ({ localPath, containerPath }))
      .toSorted((a, b) => byText(a.containerPath, b.containerPath)),
    runs: spec.runs.filter((run) => isTriggered(run, contents)),
    restart: spec.restart !== undefined && isTriggered(spec.restart, contents) ? spec.restart : undefined,
    removed,
  }
}

/** Each path once, sorted. Should one be told of in two states, what is there counts before what is not. */
function inOrder(files: readonly LiveUpdateFile[]): readonly LiveUpdateFile[] {
  const byPath = new Map<string, LiveUpdateFile>()
  for (const file of files) {
    const known = byPath.get(file.path)
    if (known === undefined || presence[file.state] > presence[known.state]) byPath.set(file.path, file)
  }
  return [...byPath.values()].toSorted((a, b) => byText(a.path, b.path))
}

const presence: Readonly<Record<LiveUpdateFile['state'], number>> = { file: 3, link: 2, folder: 1, gone: 0 }

function keepFirst(copies: Map<string, Copy>, copy: Copy): void {
  const present = copies.get(copy.containerPath)
  if (present === undefined || copy.rank < present.rank) copies.set(copy.containerPath, copy)
}

/** Whether a sync puts something below a folder of the container, wherever that comes from here. */
function holdsTarget(folder: string, syncs: readonly SyncSpec[]): boolean {
  return syncs.some((sync) => isWithin(containerPathOf(sync, '', true), folder))
}

/** What is gone, and the folders whose place a file takes now. */
function removals(removed: readonly SyncedPath[], copies: ReadonlyMap<string, Copy>): readonly string[] {
  const paths = new Set<string>()
  for (const { containerPath } of removed) {
    paths.add(containerPath)
    for (let folder = parentPath(containerPath); folder !== '/'; folder = parentPath(folder))
      if (copies.get(folder)?.isFolder === false) paths.add(folder)
  }
  return [...paths].toSorted(byText)
}

function isTriggered({ triggers }: Pick<RunStepSpec, 'triggers'>, changed: readonly string[]): boolean {
  if (changed.length === 0) return false
  return triggers.length === 0 || triggers.some((trigger) => changed.some((path) => isWithin(path, trigger)))
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
