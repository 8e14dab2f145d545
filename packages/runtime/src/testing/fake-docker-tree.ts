import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { ContainerFile } from '../ports/container-channel.js'

/** What stands at a path of an image or container. A link's `text` is its target. */
export interface FakeTreeEntry {
  readonly kind: 'file' | 'folder' | 'link'
  readonly text: string
  readonly mode: number
  /** As the port tells it; empty for folders. */
  readonly hash: string
}

/** The file system of an image or a container. Paths are absolute; links are not followed. */
export interface FakeTree {
  get(path: string): FakeTreeEntry | undefined
  /** Makes the folders above it; what stands there with another kind goes. */
  put(path: string, entry: FakeTreeEntry): void
  /** With all below. */
  remove(path: string): void
  /** All paths but the root, sorted. */
  paths(): readonly string[]
  copy(): FakeTree
}

const folder: FakeTreeEntry = { kind: 'folder', text: '', mode: 0o755, hash: '' }

export function fakeTree(entries: ReadonlyMap<string, FakeTreeEntry> = new Map()): FakeTree {
  const all = new Map(entries)
  const get = (path: string): FakeTreeEntry | undefined => (path === '/' ? folder : all.get(path))
  const remove = (path: string): void => {
    const below = path === '/' ? '/' : `${path}/`
    for (const other of [...all.keys()]) if (other === path || other.startsWith(below)) all.delete(other)
  }
  const put = (path: string, entry: FakeTreeEntry): void => {
    if (path === '/') return
    const above = posix.dirname(path)
    if (get(above)?.kind !== 'folder') put(above, folder)
    if (get(path)?.kind !== entry.kind) remove(path)
    all.set(path, entry)
  }
  return { get, put, remove, paths: () => [...all.keys()].sort(), copy: () => fakeTree(all) }
}

export function fileEntry(text: string, mode = 0o644): FakeTreeEntry {
  return { kind: 'file', text, mode, hash: sha256(text) }
}

export function linkEntry(target: string): FakeTreeEntry {
  return { kind: 'link', text: target, mode: 0o777, hash: sha256(`link:${target}`) }
}

export function folderEntry(mode = 0o755): FakeTreeEntry {
  return { ...folder, mode }
}

/** What the port tells of a path. */
export function containerFile(entry: FakeTreeEntry | undefined): ContainerFile {
  if (entry === undefined) return { kind: 'absent' }
  return entry.kind === 'folder' ? { kind: 'folder' } : { kind: entry.kind, hash: entry.hash }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
