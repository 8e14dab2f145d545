import { batches } from './batches.js'
import { copyFailed, type NamedContainer } from './failures.js'
import type { RunInShell } from './run-in-shell.js'

/** Removes paths with all below. Engines have no call for it. */
export async function removeByShell(
  container: NamedContainer,
  paths: readonly string[],
  run: RunInShell,
): Promise<void> {
  const failed = (why: string): Error => copyFailed(container, 'remove files from', why)
  const everything = paths.find((path) => /^\/*(?:\.{1,2}\/*)*$/.test(path))
  if (everything !== undefined) throw failed(`${everything} would be all of it`)
  for (const batch of batches(paths)) {
    let said = ''
    const end = await run(['rm', '-rf', '--', ...batch], (text) => {
      said = (said + text).slice(0, 2000)
    })
    if (!end) throw failed('the image has no shell (sh) to remove files with, and no helper')
    if (end.kind === 'not-started') throw failed(end.reason)
    if (end.kind === 'ended' && end.exitCode !== 0) throw failed(said || `rm ended with code ${end.exitCode}`)
  }
}
