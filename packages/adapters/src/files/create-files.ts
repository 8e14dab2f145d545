import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Files } from '@tiltts/runtime/ports'
import type { WatchBackend } from './backend.js'
import { changedSince } from './changed-since.js'
import { createContentHashes } from './content-hashes.js'
import { createFolderWatch } from './folder-watch/folder-watch.js'
import { createGitLock } from './git-lock.js'
import { createHashFiles } from './hash-files.js'
import { isRemoteMount } from './mounts.js'
import { createNativeWatch } from './native-watch.js'
import { createPollWatch } from './poll-watch.js'
import { createReadTree } from './read-tree.js'
import { createReporter } from './reporter.js'

export interface FilesOptions {
  /** Folder of the project: below it, renames of any folder above a watched path are noticed. @default the working directory */
  readonly base?: string | undefined
  /**
   * Look at files again and again instead of being told, at this interval in milliseconds (120 or more).
   * @default TILTTS_POLLING: `1` or `true` for every 250 ms, or a number of milliseconds. Unset: only on network and virtual machine mounts
   */
  readonly pollMs?: number | undefined
  /** @default process.platform */
  readonly platform?: NodeJS.Platform | undefined
}

const usualPollMs = 250
const shortestPollMs = 120

/**
 * The real file system.
 *
 * Watches by one watch a folder on Linux, by the system's recursive watches on macOS and Windows, and by chokidar's polling
 * where that is asked for, on mounts that change from elsewhere, and on other systems.
 *
 * @example
 * const files = createFiles({ base: projectFolder })
 * const watcher = await files.watch({ paths: [join(projectFolder, 'src')], ...rules, onChange, onProblem })
 * await watcher.close()
 */
export function createFiles(options: FilesOptions = {}): Files {
  const base = resolve(options.base ?? process.cwd())
  const platform = options.platform ?? process.platform
  const pollMs = options.pollMs ?? pollMsFrom(process.env['TILTTS_POLLING'])
  const backends = new Map<string, WatchBackend>()
  const contents = createContentHashes()

  const make = (name: string): WatchBackend => {
    if (name === 'linux') return createFolderWatch({ base })
    if (name === 'darwin' || name === 'win32') return createNativeWatch({ base })
    return createPollWatch(Math.max(shortestPollMs, pollMs ?? usualPollMs))
  }

  const backendFor = (path: string): WatchBackend => {
    const polled = pollMs !== undefined || (platform === 'linux' && isRemoteMount(path))
    const name = polled ? 'poll' : platform
    const backend = backends.get(name) ?? make(name)
    backends.set(name, backend)
    return backend
  }

  return {
    async watch(request) {
      const paths = [...new Set(request.paths.map((path) => resolve(path)))]
      const reporter = createReporter(request)
      const git = createGitLock(paths)
      const watched = {
        prunes: request.prunes,
        report: reporter.report,
        problem: reporter.problem,
        sawRepository: git.add,
      }
      const closers = await Promise.all(paths.map((path) => backendFor(path).watch({ ...watched, path })))
      if (request.since !== undefined) void changedSince(paths, request.since, request, reporter.report)
      return {
        gitLocked: git.locked,
        async close() {
          reporter.close()
          await Promise.all(closers.map((close) => close()))
        },
      }
    },
    hash: createHashFiles(contents),
    tree: createReadTree(contents),
    exists: (path) => existsSync(path),
    readText: (path) => readFile(path, 'utf8').catch(absentFile),
    removeFile: (path) => rm(path, { force: true }),
    async close() {
      await Promise.all([...backends.values()].map((backend) => backend.close()))
      backends.clear()
    },
  }
}

function absentFile(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw error
}

function pollMsFrom(value: string | undefined): number | undefined {
  if (value === undefined || value === '' || value === '0' || value === 'false') return undefined
  const ms = Number(value)
  return Number.isInteger(ms) && ms > 1 ? ms : usualPollMs
}
