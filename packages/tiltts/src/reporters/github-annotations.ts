import type { Place } from '@tiltts/spec'
import type { CiRun } from './ci-run.js'
import { failureText } from './failure-text.js'
import { pathFrom, plainText, shortened } from './shown-text.js'

/** Lines of the log in an annotation: it stands beside the code, so it is short. */
const shownLines = 15
const longestMessage = 8_000

/**
 * Workflow commands that put each complaint about the config, and each failure, at its file and line; one a line.
 *
 * @param workspace - root of the checkout; paths of files are shown from here
 */
export function githubAnnotations(run: CiRun, workspace: string): string {
  const config = run.config.diagnostics.map(({ severity, message, hint, places: [place] }) =>
    command(severity, place, 'config', hint === undefined ? message : `${message}\n${hint}`, workspace),
  )
  const failed = run.resources.filter(({ result }) => result === 'failed')
  const failures = failed.map((resource) =>
    command('error', resource.place, resource.name, failureText(resource, shownLines), workspace),
  )
  const isTold = failed.length > 0 || run.config.diagnostics.some(({ severity }) => severity === 'error')
  const rest =
    run.result === 'succeeded' || isTold ? [] : [command('error', undefined, 'tiltts ci', run.reason, workspace)]
  return [...config, ...failures, ...rest].join('')
}

function command(
  severity: 'error' | 'warning',
  place: Place | undefined,
  title: string,
  message: string,
  workspace: string,
): string {
  const where = place && { file: pathFrom(workspace, place.file), line: place.line, col: place.column }
  const properties = Object.entries({ ...where, title }).map(
    ([key, value]) => `${key}=${escapedProperty(String(value))}`,
  )
  return `::${severity} ${properties.join(',')}::${escaped(shortened(plainText(message), longestMessage))}\n`
}

/** One command is one line: a line end in its text must not begin another. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapedProperty(text: string): string {
  return escaped(plainText(text)).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
