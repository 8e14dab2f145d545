import { type CiRow, ciReport, type ResourceView } from '@tiltts/core/status'
import { resourceView, type Session, type SessionOutcome } from '@tiltts/runtime'
import { fromApiTime, type Millis, wellKnown } from '@tiltts/spec'
import pc from 'picocolors'
import { shortDuration } from './row.js'
import { renderTable } from './table.js'
import { fit } from './text.js'

/** Lines of its log that are shown of what failed. */
const lastLines = 15
/** In columns: what stands below the table tells the whole of it. */
const widestState = 72

/**
 * What ends a `ci` run: a row a resource and how long all took, then for each failure its last lines and what its probe
 * said; then the verdict.
 *
 * @param finishedAt - when the end began, in milliseconds since the epoch
 */
export function ciReportText(
  session: Pick<Session, 'store' | 'logs'>,
  outcome: SessionOutcome | undefined,
  finishedAt: Millis,
): string {
  const rows = ciReport(viewsOf(session), finishedAt).map((row) => scrubbedRow(row, session.logs.scrub))
  if (rows.length === 0) return ''
  const table = renderTable(
    ['RESOURCE', 'STATE', 'DURATION', 'WAITED ON', 'STEPS'],
    rows.map((row) => [
      row.resource,
      stateText(row),
      row.durationMs === undefined ? '' : shortDuration(row.durationMs),
      row.waitedOn === undefined ? '' : `${row.waitedOn.what} (${shortDuration(row.waitedOn.ms)})`,
      (row.steps ?? []).map((step) => `${step.name} ${shortDuration(step.durationMs)}`).join(', '),
    ]),
  )
  const failures = outcome?.exitCode === 0 ? [] : rows.filter(isFailure).map((row) => failureText(session, row))
  const verdict = outcome?.exitCode === 0 ? `${pc.green('SUCCESS. All workloads are healthy.')}\n` : ''
  return `\n${table}${totalText(session, finishedAt)}${failures.join('')}${verdict}`
}

/** Done before anything is cut to its width: a part of a secret is one, too. */
function scrubbedRow(row: CiRow, scrub: (text: string) => string): CiRow {
  const { detail, probeOutput } = row
  return { ...row, detail: detail && scrub(detail), probeOutput: probeOutput && scrub(probeOutput) }
}

function totalText({ store }: Pick<Session, 'store'>, finishedAt: Millis): string {
  const startTime = store.get('Session', wellKnown.session)?.status.startTime
  if (startTime === undefined) return ''
  const evaluated = store.get('Tiltfile', wellKnown.tiltfile)?.status.terminated
  const config =
    evaluated && ` (config ${shortDuration(fromApiTime(evaluated.finishedAt) - fromApiTime(evaluated.startedAt))})`
  return `Total ${shortDuration(finishedAt - fromApiTime(startTime))}${config ?? ''}\n`
}

/** Details often begin with the state: `waiting for db (not ready)`. */
function stateText({ state, detail }: CiRow): string {
  if (detail === undefined) return state
  return fit(detail.startsWith(state) ? detail : `${state}: ${detail}`, widestState)
}

function viewsOf({ store }: Pick<Session, 'store'>): readonly ResourceView[] {
  return [...store.list('Resource')]
    .sort((a, b) => a.spec.order - b.spec.order)
    .map((resource) => resourceView(store, resource))
}

const isFailure = ({ state }: CiRow): boolean => state === 'failed' || state === 'not ready'

function failureText({ store, logs }: Pick<Session, 'store' | 'logs'>, { resource, probeOutput }: CiRow): string {
  const check = store.get('Resource', resource)?.spec.compose === undefined ? 'probe' : 'health check'
  const lines = logs.tail(resource, lastLines).map((line) => `  ${line.message}\n`)
  const probe = probeOutput === undefined ? '' : `${resource}: the last answer of its ${check}:\n${indent(probeOutput)}`
  return `\n${resource}: the last lines of its log:\n${lines.join('') || '  (it logged nothing)\n'}${probe}`
}

const indent = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('')
