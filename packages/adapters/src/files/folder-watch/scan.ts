import { entryPath } from '../join-path.js'
import { inSlices } from '../slices.js'
import type { Folder, Root } from './folder.js'
import type { Folders } from './folders.js'
import { createSharedSets } from './shared-sets.js'

const nobody: ReadonlySet<Root> = new Set()

/** Brings roots into folders, from the top down, and lets go of them. */
export interface Scan {
  /** Brings a root into its folder and all below, all existing entries reported if asked. */
  attach(root: Root, folder: Folder, report: boolean): void
  /** Takes a root out of its folder and all below. */
  detach(root: Root, folder: Folder): void
  /** Enters a folder that came to be, for all roots of its parent, and reports what is found in it. */
  enter(parent: Folder, name: string): void
  /** Resolves when all is entered. */
  done(): Promise<void>
  close(): void
}

interface Visit {
  readonly parent: Folder
  readonly name: string
  /** Undefined: all roots of the parent. */
  readonly root: Root | undefined
  readonly report: boolean
}

export function createScan(folders: Folders, onDone: () => void): Scan {
  const sets = createSharedSets<Root>()
  const singles = new WeakMap<Root, ReadonlySet<Root>>()
  // Breadth first: should watches run out, the upper folders have theirs.
  let queue: Visit[] = []
  let next = 0
  let running: Promise<void> | undefined
  let closed = false

  const only = (root: Root): ReadonlySet<Root> => {
    const set = singles.get(root) ?? new Set([root])
    singles.set(root, set)
    return set
  }

  const wantedBy = (visit: Visit, path: string): ReadonlySet<Root> => {
    let wanted = visit.parent.roots
    if (visit.root !== undefined) wanted = wanted.has(visit.root) ? only(visit.root) : nobody
    for (const root of wanted) if (root.prunes(path)) wanted = sets.remove(wanted, root)
    return wanted
  }

  const look = (folder: Folder, root: Root | undefined, report: boolean): void => {
    if (!folder.known && !folders.read(folder)) return
    const told = root === undefined ? folder.roots : only(root)
    for (const one of told) {
      if (folder.folders.has('.git') || folder.files.has('.git')) one.sawRepository(folder.path)
      if (!report) continue
      for (const name of folder.files) one.report(entryPath(folder.path, name))
      for (const name of folder.folders.keys()) one.report(entryPath(folder.path, name))
    }
    for (const name of folder.folders.keys()) queue.push({ parent: folder, name, root, report })
  }

  const visit = (one: Visit): void => {
    if (one.parent.closed || !one.parent.folders.has(one.name)) return
    const path = entryPath(one.parent.path, one.name)
    const wanted = wantedBy(one, path)
    if (wanted.size === 0) return
    const folder = one.parent.folders.get(one.name) ?? folders.open(path)
    if (folder === undefined) return
    one.parent.folders.set(one.name, folder)
    const roots = sets.add(folder.roots, wanted)
    const changed = roots !== folder.roots
    folder.roots = roots
    if (changed || one.report || !folder.known) look(folder, one.root, one.report)
  }

  function* visits(): Generator<void> {
    for (let one = queue[next]; one !== undefined && !closed; one = queue[next]) {
      next++
      visit(one)
      yield
    }
    queue = []
    next = 0
  }

  const run = (): void => {
    running ??= inSlices(visits()).then(() => {
      running = undefined
      if (closed) return
      if (queue.length > 0) run()
      else onDone()
    })
  }

  const leave = (folder: Folder, root: Root): void => {
    if (!folder.roots.has(root)) return
    folder.roots = sets.remove(folder.roots, root)
    for (const child of folder.folders.values()) if (child !== undefined) leave(child, root)
    folders.release(folder)
  }

  return {
    attach(root, folder, report) {
      folder.roots = sets.add(folder.roots, only(root))
      look(folder, root, report)
      run()
    },
    detach: (root, folder) => leave(folder, root),
    enter(parent, name) {
      queue.push({ parent, name, root: undefined, report: true })
      run()
    },
    async done() {
      while (running !== undefined) await running
    },
    close() {
      closed = true
      queue = []
    },
  }
}
