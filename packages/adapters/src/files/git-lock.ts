import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { linkStats } from './stat.js'

/** Whether git is at work in one of some repositories. */
export interface GitLock {
  /** Adds the repository whose `.git` is in the folder. */
  add(folder: string): void
  locked(): boolean
}

/** Knows the repositories in which the paths lie, from the nearest `.git` above each. */
export function createGitLock(paths: readonly string[]): GitLock {
  const locks = new Map<string, string>()

  const add = (folder: string): void => {
    const gitFolder = gitFolderOf(folder)
    if (gitFolder !== undefined) locks.set(folder, join(gitFolder, 'index.lock'))
  }

  const looked = new Set<string>()
  for (const path of paths) {
    for (let at = path; !looked.has(at); at = dirname(at)) {
      looked.add(at)
      if (!existsSync(join(at, '.git'))) continue
      add(at)
      break
    }
  }

  return {
    add,
    locked() {
      for (const lock of locks.values()) if (existsSync(lock)) return true
      return false
    },
  }
}

/** Where git keeps the index of a work tree: elsewhere for submodules and added work trees, whose `.git` is a file. */
function gitFolderOf(folder: string): string | undefined {
  const path = join(folder, '.git')
  const stats = linkStats(path)
  if (stats === undefined) return undefined
  if (!stats.isFile()) return path
  try {
    const target = /^gitdir: (.+)$/m.exec(readFileSync(path, 'utf8'))?.[1]
    return target === undefined ? undefined : resolve(folder, target.trim())
  } catch {
    // Gone meanwhile: no repository any more.
    return undefined
  }
}
