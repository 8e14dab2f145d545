import type { CiResource, CiRun } from './ci-run.js'

/**
 * All there is to say of a resource that has failed: why, what its probe said, its last lines.
 *
 * @param lines - how many of its last lines @default all that were kept
 */
export function failureText(
  { state, detail, probeOutput, lastLines }: CiResource,
  lines: number = lastLines.length,
): string {
  const probe = probeOutput === undefined ? [] : ['', 'The last answer of its check:', probeOutput.trimEnd()]
  const shown = lines === 0 ? [] : lastLines.slice(-lines)
  const log = shown.length === 0 ? ['', 'It logged nothing.'] : ['', 'The last lines of its log:', ...shown]
  return [detail ?? state, ...probe, ...log].join('\n')
}

/** Why a resource neither passed nor failed. */
export function skippedText({ state, detail }: CiResource, { result }: Pick<CiRun, 'result'>): string {
  if (state === 'disabled' || state === 'not started') return state
  const why = result === 'interrupted' ? 'the run was interrupted' : 'the run had ended'
  return `${detail ?? state} when ${why}`
}
