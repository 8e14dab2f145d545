import { renderDiagnostics } from '@tiltts/core/errors'
import type { LogStore } from '@tiltts/core/logs'
import { parentPath } from '@tiltts/core/paths'
import { formatDuration } from '@tiltts/core/status'
import type { StoreCause } from '@tiltts/core/store'
import { type Tiltfile, type UpdateCause, wellKnown } from '@tiltts/spec'
import { type Evaluated, isError } from './evaluate.js'

/** An evaluation under way. */
export interface EvaluationRun {
  readonly tiltfile: Tiltfile
  /** Name of its Update. */
  readonly update: string
  readonly span: string
  readonly abort: AbortController
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Events of the config's watch up to this one came before it. */
  readonly sequence: number
  /** First line of the log that it may have written. */
  readonly fromSeq: number
  readonly causes: readonly UpdateCause[]
}

export function causeOfRun({ update, causes }: EvaluationRun): StoreCause {
  return { by: 'tiltfile', resource: wellKnown.tiltfile, update, causes }
}

export function tellStart(logs: LogStore, { span, tiltfile }: EvaluationRun): void {
  logs.span({ id: span, resource: wellKnown.tiltfile, source: 'build' })
  logs.append(span, `Loading config at: ${tiltfile.spec.path}\n`, 'info')
}

/** What the log of an evaluation ends with: all that is wrong, or how long it took. */
export function tellEnd(
  logs: LogStore,
  { span, tiltfile, startedAt }: EvaluationRun,
  evaluated: Evaluated,
  now: number,
): void {
  const options = { colour: false, severity: false, cwd: parentPath(tiltfile.spec.path) }
  const warnings = evaluated.diagnostics.filter((diagnostic) => !isError(diagnostic))
  const errors = evaluated.diagnostics.filter(isError)
  for (const warning of warnings) logs.append(span, renderDiagnostics([warning], options), 'warn')
  for (const error of errors) logs.append(span, renderDiagnostics([error], options), 'error')
  if (evaluated.error === '') logs.append(span, `Loaded config in ${formatDuration(now - startedAt)}\n`, 'info')
  else if (errors.length === 0) logs.append(span, `${evaluated.error}\n`, 'error')
}
