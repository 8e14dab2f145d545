import { reasonText } from '@tiltts/core/schedule'
import type { ResourceSpec, UpdateCause } from '@tiltts/spec'

/** So many changed files are named. */
const namedFiles = 5

/** What the log of an update begins with: why it runs, and what. */
export function startLines(spec: ResourceSpec, causes: readonly UpdateCause[]): string {
  const files = causes.find((cause) => cause.reason === 'files')
  const shown = reasonText(causes)
  const detail = files !== undefined && shown.includes('Changed Files') ? `: ${fileList(files)}` : ''
  const { cmd, serve } = spec.local
  const command =
    cmd !== undefined ? `Running cmd: ${cmd.command.display}` : `Starting: ${serve?.command.display ?? ''}`
  return `${shown}${detail}\n${command}\n`
}

function fileList({ files = [], fileCount = files.length }: UpdateCause): string {
  const more = fileCount - Math.min(files.length, namedFiles)
  const named = files.slice(0, namedFiles).join(', ')
  return more > 0 ? `${named} and ${more} more` : named
}
