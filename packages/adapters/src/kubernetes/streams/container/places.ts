import { lstat } from 'node:fs/promises'
import type { CopyEntry } from '@tiltts/runtime/ports'
import { batches } from '../../../container-channel/batches.js'
import { copyFailed, type NamedContainer } from '../../../container-channel/failures.js'
import type { RunInShell } from '../../../container-channel/run-in-shell.js'
import type { Owner } from '../../../container-channel/tar-header.js'

/**
 * What has to be known of the places that files go to before tar may unpack them: what stands in the way goes, and what is
 * replaced keeps its owner. A place is looked at when it is first copied to.
 */
export interface Places {
  /** Rejects when a place cannot be made ready. */
  prepare(entries: readonly CopyEntry[], run: RunInShell): Promise<void>
  /** Whether a folder stands there already. */
  isFolder(path: string): boolean
  /** `undefined`: not known. */
  owner(path: string): Owner | undefined
  /** These may have changed, with all below. */
  forget(paths: readonly string[]): void
}

interface Place {
  /** What goes there. */
  readonly kind: 'folder' | 'file'
  readonly isFolder: boolean
  readonly owner: Owner | undefined
}

/**
 * Folders above are made here, since tar makes them as it does all else: without a mask for their mode.
 *
 * Arguments are paths with `d` before those of folders, `f` before others. Says a letter for each: `d` where a folder is
 * already, `x` where a file stands in place of a folder above it, else `n`; then a line `uid gid` for each, or for the
 * deepest folder above it that there is.
 */
const PREPARE = `said=
for arg do
  shift
  path=/\${arg#*/}
  own=$path
  letter=n
  case $arg in
  d*)
    if [ -d "$path" ]; then letter=d
    elif [ -e "$path" ] || [ -L "$path" ]; then rm -f -- "$path" || exit 1
    fi ;;
  *) if [ -d "$path" ] && ! [ -L "$path" ]; then rm -rf -- "$path" || exit 1; fi ;;
  esac
  while [ "$path" ] && ! [ -e "$path" ] && ! [ -L "$path" ]; do path=\${path%/*}; done
  [ "$path" = "$own" ] || [ -d "\${path:-/}" ] || letter=x
  [ "$path" = "$own" ] || [ $letter = x ] || mkdir -p -- "\${own%/*}/" || exit 1
  said=$said$letter
  set -- "$@" "\${path:-/}"
done
echo "$said"
stat -c '%u %g' -- "$@" || :`

export function places(container: NamedContainer): Places {
  const known = new Map<string, Place>()

  const ask = async (wanted: ReadonlyMap<string, Place['kind']>, run: RunInShell): Promise<void> => {
    for (const batch of batches([...wanted].map(([path, kind]) => `${kind === 'folder' ? 'd' : 'f'}${path}`))) {
      let out = ''
      let said = ''
      const end = await run(['sh', '-c', PREPARE, 'sh', ...batch], (text, stream) => {
        if (stream === 'stdout') out += text
        else said = (said + text).slice(0, 2000)
      })
      const [letters = '', ...owners] = out.trimEnd().split('\n')
      if (end?.kind !== 'ended' || end.exitCode !== 0 || letters.length !== batch.length) {
        throw copyFailed(container, 'copy files into', said || 'its shell does not say what is there')
      }
      const owner = owners.length === batch.length ? owners.map(ownerOf) : []
      for (const [index, marked] of batch.entries()) {
        const path = marked.slice(1)
        if (letters[index] === 'x') throw copyFailed(container, 'copy files into', `${path}: not a directory`)
        const kind = marked.startsWith('d') ? 'folder' : 'file'
        known.set(path, { kind, isFolder: letters[index] === 'd', owner: owner[index] })
      }
    }
  }

  return {
    async prepare(entries, run) {
      const wanted = new Map<string, Place['kind']>()
      const stats = await Promise.all(entries.map(({ localPath }) => lstat(localPath).catch(() => undefined)))
      // In the order of the entries, folders before what is in them: a file in the place of one has to go first.
      for (const [index, { containerPath }] of entries.entries()) {
        const path = trimmed(containerPath)
        const stat = stats[index]
        if (!stat || path === '') continue
        const kind = stat.isDirectory() ? 'folder' : 'file'
        if (known.get(path)?.kind !== kind) wanted.set(path, kind)
      }
      if (wanted.size > 0) await ask(wanted, run)
    },
    isFolder: (path) => known.get(trimmed(path))?.isFolder ?? false,
    owner: (path) => known.get(trimmed(path))?.owner,
    forget(paths) {
      for (const path of known.keys()) {
        if (paths.some((gone) => path === trimmed(gone) || path.startsWith(`${trimmed(gone)}/`))) known.delete(path)
      }
    },
  }
}

function trimmed(path: string): string {
  return path.replace(/\/+$/, '')
}

function ownerOf(line: string): Owner | undefined {
  const [, uid, gid] = /^(\d+) (\d+)$/.exec(line) ?? []
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}
