import { batches } from '../../container-channel/batches.js'
import type { RunInShell } from '../../container-channel/run-in-shell.js'
import type { Owner } from '../../container-channel/tar-header.js'
import { readTar } from '../../container-channel/tar-reader.js'
import type { EngineConnection } from '../connection.js'
import { archive } from './archive-inspect.js'
import type { ContainerFacts } from './container-facts.js'

/** From so many new paths on it is the folders that are asked for: those of thousands of files would take too long. */
const MANY_PATHS = 64

/**
 * Who owns what is replaced in a container: the file that stands there, else the folder that it goes into. A process that
 * is not root, and writes to its own files, can go on to do so. What was asked once is kept.
 */
export interface Owners {
  of(paths: readonly string[], signal: AbortSignal): Promise<(path: string) => Owner>
  /** These are gone, with all below. */
  forget(paths: readonly string[]): void
}

export interface OwnersDeps {
  readonly connection: EngineConnection
  readonly container: ContainerFacts
  /** As root. */
  readonly run: (signal: AbortSignal) => RunInShell
}

/** A line `uid gid` for each path, or for the deepest folder above it that there is. */
const OWNERS = `for path do
  shift
  while [ "$path" ] && ! [ -e "$path" ] && ! [ -L "$path" ]; do path=\${path%/*}; done
  set -- "$@" "\${path:-/}"
done
exec stat -c '%u %g' -- "$@"`

const root: Owner = { uid: 0, gid: 0 }

export function owners(deps: OwnersDeps): Owners {
  const known = new Map<string, Owner>()
  /** Whether the image has what tells of many at once. */
  let hasStat = true

  const ask = async (paths: readonly string[], signal: AbortSignal): Promise<void> => {
    if (hasStat) {
      for (const batch of batches(paths)) {
        const found = await byShell(deps.run(signal), batch)
        hasStat &&= found !== undefined
        for (const [index, path] of batch.entries()) keep(path, found?.[index])
      }
    }
    if (hasStat || paths.length > MANY_PATHS) return
    for (const path of paths) keep(path, await byArchive(deps, path, signal))
  }
  const keep = (path: string, owner: Owner | undefined): void => {
    if (owner !== undefined) known.set(path, owner)
  }

  return {
    async of(paths, signal) {
      const unknown = paths.filter((path) => !known.has(path))
      const asked = unknown.length <= MANY_PATHS ? unknown : [...new Set(unknown.map(parentOf))]
      const open = asked.filter((path) => !known.has(path))
      if (open.length > 0) await ask(open, signal)
      return (path) => known.get(path) ?? known.get(parentOf(path)) ?? root
    },
    forget(paths) {
      for (const path of known.keys())
        if (paths.some((gone) => path === gone || path.startsWith(`${gone}/`))) known.delete(path)
    },
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

async function byShell(run: RunInShell, paths: readonly string[]): Promise<readonly Owner[] | undefined> {
  let out = ''
  const end = await run(['sh', '-c', OWNERS, 'sh', ...paths], (text, stream) => {
    if (stream === 'stdout') out += text
  })
  if (end?.kind !== 'ended' || end.exitCode !== 0) return undefined
  const lines = out.trim().split('\n')
  if (lines.length !== paths.length || !lines.every((line) => /^\d+ \d+$/.test(line))) return undefined
  return lines.map((line) => {
    const [uid = 0, gid = 0] = line.split(' ').map(Number)
    return { uid, gid }
  })
}

/** The first header of what the engine would send. */
async function byArchive({ connection, container }: OwnersDeps, path: string, signal: AbortSignal): Promise<Owner> {
  for (let at = path; ; at = parentOf(at)) {
    const response = await archive(connection, container, 'GET', at, signal)
    if (response === undefined && at !== '/') continue
    if (response === undefined) return root
    try {
      for await (const { owner } of readTar(response)) return owner
      return root
    } finally {
      response.destroy()
    }
  }
}
