import { relativeTo } from '@tiltts/core/paths'
import { reasonText } from '@tiltts/core/schedule'
import type { ResourceSpec, UpdateCause } from '@tiltts/spec'

/** So many changed files are named. */
const namedFiles = 5

/**
 * What the log of an update begins with: why it runs, and what.
 *
 * @param folder files in it are named from there
 */
export function startLines(spec: ResourceSpec, causes: readonly UpdateCause[], folder: string): string {
  const reason = reasonText(causes)
  const files = causes.find((cause) => cause.reason === 'files')
  const detail = files !== undefined && reason.includes('Changed Files') ? `: ${fileList(files, folder)}` : ''
  const cmd = spec.local?.cmd
  const command = cmd === undefined ? '' : `Running cmd: ${cmd.command.display}\n`
  return `${reason}${detail}\n${command}`
}

function fileList({ files = [], fileCount = files.length }: UpdateCause, folder: string): string {
  const named = files.slice(0, namedFiles).map((file) => relativeTo(file, folder) || file)
  const more = fileCount - named.length
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
}
