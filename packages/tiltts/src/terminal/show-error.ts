import { ApiFailure } from '@tiltts/client'
import { renderDiagnostics } from '@tiltts/core/errors'
import { type Diagnostic, errorCatalogue, isTiltError, type TiltError } from '@tiltts/spec'
import { exitCode } from '../cli/command.js'
import { sayRefusal } from '../objects/each-object.js'
import { hasColour } from './colour.js'

/** Shows an error that ended a command, on stderr; returns the exit code. */
export function showError(error: unknown): number {
  if (error instanceof ApiFailure) return sayRefusal(error)
  if (!isTiltError(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`Error: this is a bug in tiltts, please report it:\n${text}\n`)
    return exitCode.failed
  }
  const diagnostics = (error as { diagnostics?: readonly Diagnostic[] }).diagnostics
  if (diagnostics !== undefined) showDiagnostics(diagnostics)
  else process.stderr.write(`Error: ${error.message}\n${errorCatalogue[error.code].hint}\n`)
  return codeOf(error)
}

/** Shows complaints about the config, on stderr. */
export function showDiagnostics(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return
  process.stderr.write(`${renderDiagnostics(diagnostics, { colour: hasColour(process.stderr), cwd: process.cwd() })}\n`)
}

function codeOf(error: TiltError): number {
  if (error.code === 'session/none' || error.code === 'session/ambiguous') return exitCode.noSession
  if (error.code === 'session/unknown-resource') return exitCode.noResource
  if (error.class === 'user' || error.code.startsWith('config/') || error.code === 'usage/invalid')
    return exitCode.usage
  return exitCode.failed
}
