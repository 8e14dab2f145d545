import type { ContainerFile } from '@tiltts/runtime/ports'
import { batches } from './batches.js'
import type { RunInShell } from './run-in-shell.js'

/** One letter a path, by what the shell itself knows; then the hashes of the files, by one program for all. */
const KINDS = `for path; do
  if [ -L "$path" ]; then kind=l
  elif [ -d "$path" ]; then kind=d
  elif [ -f "$path" ]; then kind=f
  elif [ -e "$path" ]; then kind=o
  else kind=a
  fi
  line=$line$kind
done
echo "$line"`

/** What stands at many paths, as far as a shell can say; what is not in the result has to be found out in another way. */
export async function inspectByShell(
  paths: readonly string[],
  run: RunInShell,
): Promise<ReadonlyMap<string, ContainerFile>> {
  const found = new Map<string, ContainerFile>()
  const output = async (argv: readonly string[]): Promise<string | undefined> => {
    let out = ''
    const end = await run(argv, (text, stream) => {
      if (stream === 'stdout') out += text
    })
    return end?.kind === 'ended' && end.exitCode === 0 ? out : undefined
  }
  for (const batch of batches(paths)) {
    const kinds = (await output(['sh', '-c', KINDS, 'sh', ...batch]))?.trim() ?? ''
    if (kinds.length !== batch.length) continue
    const files: string[] = []
    for (const [index, path] of batch.entries()) {
      const kind = kinds[index]
      if (kind === 'a') found.set(path, { kind: 'absent' })
      if (kind === 'd') found.set(path, { kind: 'folder' })
      if (kind === 'f') files.push(path)
    }
    for (const [path, hash] of await hashes(files, output)) found.set(path, { kind: 'file', hash })
  }
  return found
}

async function hashes(
  files: readonly string[],
  output: (argv: readonly string[]) => Promise<string | undefined>,
): Promise<readonly (readonly [string, string])[]> {
  if (files.length === 0) return []
  const lines = (await output(['sha256sum', '--', ...files]))?.trimEnd().split('\n') ?? []
  // Names with line breaks come in another form, and fewer lines when a file has vanished.
  if (lines.length !== files.length) return []
  return files.flatMap((path, index) => {
    const [, hash, name] = /^([0-9a-f]{64}) [ *](.*)$/.exec(lines[index] ?? '') ?? []
    return hash !== undefined && name === path ? [[path, hash] as const] : []
  })
}
