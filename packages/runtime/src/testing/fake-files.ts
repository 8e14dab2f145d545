import { createHash } from 'node:crypto'
import type { Files, TreeEntry, WatchProblem, WatchRequest } from '../ports/files.js'

/** A file system in memory. Paths are absolute, with `/`. Each change is reported before the call returns. */
export interface FakeFiles extends Files {
  /** Writes a file, and makes the folders above it. Writing the same text again is a change, too. */
  write(path: string, text?: string): void
  /** The text of a file. Throws when there is none. */
  read(path: string): string
  /** Makes a folder, and those above it; no change when it is there. */
  mkdir(path: string): void
  /** Makes a symbolic link, and the folders above it. */
  symlink(target: string, path: string): void
  /** Removes a file, or a folder with all below. Throws when there is nothing. */
  remove(path: string): void
  /** Moves a file, or a folder with all below, over what is there. Throws when there is nothing to move. */
  rename(from: string, to: string): void
  /** Changes the mode of a file or folder. Throws when there is nothing. @param mode @default the bit of execution by the group turned over */
  chmod(path: string, mode?: number): void
  /** What stands at a path, links of its own name not followed: a file's text, a link's target. */
  lookAt(path: string): FakeEntry | undefined
  /** Tells all watchers of a problem. */
  fail(problem: WatchProblem): void
  /** The paths watched at the moment, sorted, with repeats. */
  watched(): readonly string[]
}

export interface FakeEntry {
  readonly kind: 'file' | 'folder' | 'link'
  /** Of a file its text, of a link its target, of a folder nothing. */
  readonly text: string
  /** Permission bits. */
  readonly mode: number
}

const folder: FakeEntry = { kind: 'folder', text: '', mode: 0o755 }
const most = 40

/**
 * A file system in memory that reports changes like the real one, only at once.
 *
 * @param initial Text of files by path.
 * @param now When changes are made, in milliseconds since the epoch.
 * @example
 * const files = fakeFiles({ '/app/main.ts': 'one' })
 * files.write('/app/main.ts', 'two') // watchers of /app get ['/app/main.ts'] before this returns
 */
export function fakeFiles(initial: Readonly<Record<string, string>> = {}, now: () => number = Date.now): FakeFiles {
  const stamps = new Map<string, number>()
  const entries = new Map<string, FakeEntry>([['/', folder]])
  const requests = new Set<WatchRequest>()

  const below = (path: string): string[] => {
    const prefix = path === '/' ? '/' : `${path}/`
    return [...entries.keys()].filter((other) => other.startsWith(prefix) && other !== path).sort()
  }

  /** The path with the links of its folders followed, and its own if `last`. */
  const resolve = (path: string, last: boolean): string => {
    let at = '/'
    let links = 0
    const names = path.split('/').filter((name) => name !== '')
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      if (name === '.') continue
      if (name === '..') {
        at = parentOf(at)
        continue
      }
      const next = join(at, name)
      const entry = entries.get(next)
      if (entry?.kind !== 'link' || (names.length === 0 && !last)) {
        at = next
        continue
      }
      if (++links > most) throw new Error(`too many symbolic links: ${path}`)
      names.unshift(...entry.text.split('/').filter((part) => part !== ''))
      if (entry.text.startsWith('/')) at = '/'
    }
    return at
  }

  const must = (path: string): FakeEntry => {
    const entry = entries.get(path)
    if (entry === undefined) throw new Error(`no such file or folder: ${path}`)
    return entry
  }

  /** The path by which a watcher of `root` knows the changed one; undefined when that is not below the root. */
  const seenFrom = (root: string, changed: string): string | undefined => {
    if (changed === root || within(root, changed)) return changed
    const real = resolve(root, true)
    if (changed === real) return root
    return within(real, changed) ? join(root, changed.slice(real.length)) : undefined
  }

  const pruned = (prunes: WatchRequest['prunes'], root: string, path: string): boolean => {
    for (let at = path; within(root, at); ) {
      at = parentOf(at)
      if (prunes(at)) return true
    }
    return false
  }

  const report = (changed: readonly string[]): void => {
    for (const path of changed) for (const at of [path, parentOf(path)]) stamps.set(at, now())
    for (const request of [...requests]) {
      const seen = new Set<string>()
      for (const root of request.paths) {
        for (const path of changed) {
          const name = seenFrom(root, path)
          if (name !== undefined && !request.ignored(name) && !pruned(request.prunes, root, name)) seen.add(name)
        }
      }
      if (seen.size > 0) request.onChange([...seen])
    }
  }

  const makeFolders = (path: string): string[] => {
    const made: string[] = []
    let at = path
    for (; entries.get(at) === undefined; at = parentOf(at)) made.unshift(at)
    if (entries.get(at)?.kind !== 'folder') throw new Error(`not a folder: ${at}`)
    for (const name of made) entries.set(name, folder)
    return made
  }

  const put = (at: string, entry: FakeEntry): void => {
    const path = resolve(at, entry.kind === 'file')
    const made = makeFolders(parentOf(path))
    if (entries.get(path)?.kind === 'folder') throw new Error(`is a folder: ${at}`)
    entries.set(path, entry)
    report([...made, path])
  }

  const filesOf = (path: string): string[] => {
    const real = resolve(path, true)
    const entry = entries.get(real)
    if (entry?.kind === 'file') return [path]
    if (entry === undefined) return []
    return below(real)
      .filter((other) => entries.get(other)?.kind !== 'folder')
      .map((other) => join(path, other.slice(real.length)))
  }

  const write = (path: string, text: string): void => {
    const mode = entries.get(resolve(path, true))?.mode ?? 0o644
    put(path, { kind: 'file', text, mode })
  }

  for (const [path, text] of Object.entries(initial)) write(path, text)
  // Those have been there for ever.
  stamps.clear()

  return {
    write: (path, text = '') => write(path, text),
    symlink: (target, path) => put(path, { kind: 'link', text: target, mode: 0o777 }),
    lookAt: (path) => entries.get(resolve(path, false)),
    read(path) {
      const entry = must(resolve(path, true))
      if (entry.kind !== 'file') throw new Error(`is a folder: ${path}`)
      return entry.text
    },
    mkdir(path) {
      const made = makeFolders(resolve(path, true))
      if (made.length > 0) report(made)
    },
    remove(path) {
      const at = resolve(path, false)
      must(at)
      // From the deepest up, as `rm -r` does.
      const gone = [...below(at).reverse(), at]
      for (const name of gone) entries.delete(name)
      report(gone)
    },
    rename(from, to) {
      const source = resolve(from, false)
      const target = resolve(to, false)
      const entry = must(source)
      if (within(source, target)) throw new Error(`cannot move ${from} below itself`)
      if (entries.get(parentOf(target))?.kind !== 'folder') throw new Error(`no such folder: ${parentOf(target)}`)
      if (below(target).length > 0) throw new Error(`folder not empty: ${to}`)
      const moved = below(source).map((name): [string, FakeEntry] => [name, must(name)])
      const changed = [source, target]
      entries.delete(source)
      entries.set(target, entry)
      for (const [name, inner] of moved) {
        entries.delete(name)
        entries.set(target + name.slice(source.length), inner)
        changed.push(name, target + name.slice(source.length))
      }
      report(changed)
    },
    chmod(path, mode) {
      const at = resolve(path, true)
      const entry = must(at)
      entries.set(at, { ...entry, mode: mode ?? entry.mode ^ 0o010 })
      if (entry.kind !== 'folder') report([at])
    },
    fail(problem) {
      for (const request of [...requests]) request.onProblem(problem)
    },
    watched: () => [...requests].flatMap((request) => request.paths).sort(),

    async watch(request) {
      requests.add(request)
      return {
        gitLocked: () => request.paths.some((path) => gitLocked(path)),
        async close() {
          requests.delete(request)
        },
      }
    },
    async hash(paths, ignored, signal, prunes = () => false) {
      signal?.throwIfAborted()
      const wanted = (path: string): boolean => !ignored(path) && !paths.some((root) => pruned(prunes, root, path))
      const files = [...new Set(paths.flatMap(filesOf))].filter(wanted).sort()
      return new Map(files.map((path) => [path, sha256(textOf(path, paths.includes(path)))]))
    },
    async tree({ paths, ignored, prunes, since, signal }) {
      signal?.throwIfAborted()
      const found = new Map<string, TreeEntry>()
      for (const root of paths) {
        const real = resolve(root, true)
        // A link to nothing is told as a link.
        const entry = entries.get(real) ?? entries.get(resolve(root, false))
        if (entry === undefined) continue
        const all = below(real)
          .map((path): [string, FakeEntry] => [join(root, path.slice(real.length)), must(path)])
          .filter(([path]) => !pruned(prunes, root, path))
        const told = (path: string, one: FakeEntry): TreeEntry => {
          const changedAt = stamps.get(path === root ? real : join(real, path.slice(root.length + 1))) ?? 0
          return { ...treeEntry(path, one), ...(since !== undefined && changedAt >= since && { changed: true }) }
        }
        for (const [path, one] of [[root, entry] as const, ...all]) {
          if (ignored(path)) continue
          found.set(path, told(path, one))
          // What is kept needs the folders that it is in, ignored or not.
          for (let at = parentOf(path); at === root || within(root, at); at = parentOf(at)) {
            found.set(at, told(at, must(at === root ? real : join(real, at.slice(root.length)))))
            if (at === root) break
          }
        }
      }
      return [...found.values()].sort((left, right) => (left.path < right.path ? -1 : 1))
    },
    exists: (path) => entries.has(resolve(path, true)),
    readText: async (path) => entries.get(resolve(path, true))?.text,
    async removeFile(path) {
      const at = resolve(path, true)
      if (entries.delete(at)) report([at])
    },
    async close() {
      requests.clear()
    },
  }

  /** What is hashed: the text of a file, the target of a link found in a folder. */
  function textOf(path: string, given: boolean): string {
    const entry = entries.get(resolve(path, given))
    return entry?.text ?? ''
  }

  function gitLocked(path: string): boolean {
    for (let at = path; ; at = parentOf(at)) {
      if (entries.has(join(at, '.git'))) return entries.has(join(at, '.git/index.lock'))
      if (at === '/') return false
    }
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

function join(folder: string, name: string): string {
  const tail = name.startsWith('/') ? name.slice(1) : name
  return folder === '/' ? `/${tail}` : `${folder}/${tail}`
}

function within(folder: string, path: string): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`) && path !== folder
}

function treeEntry(path: string, { kind, text, mode }: FakeEntry): TreeEntry {
  const hash = kind === 'folder' ? '' : sha256(kind === 'link' ? `link:${text}` : text)
  return { path, kind, mode, hash }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
