import { createHash } from 'node:crypto'
import type { ContainerFile } from '@tiltts/runtime/ports'
import { copyFailed, type NamedContainer } from '../../../container-channel/failures.js'
import { linkHash } from '../../../container-channel/local-entry.js'
import type { RunInShell } from '../../../container-channel/run-in-shell.js'

/** Links, and files of images without `sha256sum`. Files come in hexadecimal digits, since output is text. */
const LOOK = `if [ -L "$1" ]; then echo l; readlink -- "$1"; echo x
elif [ -d "$1" ]; then echo d
elif [ -f "$1" ]; then echo f; od -An -v -tx1 -- "$1"
else echo a
fi`

/** What stands at paths of which one command could not tell at once. What is neither file, folder nor link counts as nothing. */
export async function inspectOneByOne(
  container: NamedContainer,
  paths: readonly string[],
  run: RunInShell,
): Promise<ReadonlyMap<string, ContainerFile>> {
  const found = new Map<string, ContainerFile>()
  for (const path of paths) {
    let out = ''
    let said = ''
    const end = await run(['sh', '-c', LOOK, 'sh', path], (text, stream) => {
      if (stream === 'stdout') out += text
      else said = (said + text).slice(0, 2000)
    })
    if (end?.kind !== 'ended' || end.exitCode !== 0) throw copyFailed(container, 'read files of', said || path)
    const rest = out.slice(2)
    if (out.startsWith('l')) found.set(path, { kind: 'link', hash: linkHash(rest.slice(0, -'\nx\n'.length)) })
    else if (out.startsWith('d')) found.set(path, { kind: 'folder' })
    else if (out.startsWith('f')) found.set(path, { kind: 'file', hash: hexHash(rest) })
    else found.set(path, { kind: 'absent' })
  }
  return found
}

function hexHash(digits: string): string {
  return createHash('sha256')
    .update(Buffer.from(digits.replace(/\s+/g, ''), 'hex'))
    .digest('hex')
}
