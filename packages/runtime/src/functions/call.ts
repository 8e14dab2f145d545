import { renderDiagnostics } from '@tiltts/core/errors'
import { type FunctionRef, isTiltError, type LogLevel, UserError } from '@tiltts/spec'
import type { FunctionContext } from '../ports/config-host.js'
import type { FunctionRegistry } from './registry.js'

export interface FunctionRequest {
  readonly fn: FunctionRef
  readonly context: FunctionContext
  /** Plain data that the function is called with in place of the context. */
  readonly args?: readonly unknown[] | undefined
  /** 0: no limit. */
  readonly timeoutMs: number
  readonly onLog: (text: string, level?: LogLevel) => void
}

/** What came of a call: its value, or why it failed. */
export type FunctionOutcome =
  | { readonly ok: true; readonly value: unknown }
  /** `report` is for the log: the error with its place in the user's file. `late`: it took longer than it may. */
  | { readonly ok: false; readonly message: string; readonly report: string; readonly late?: boolean }

/** Calls a function of the live config. What the user's code throws is an outcome; only a fault of ours rejects. */
export async function callFunction(
  registry: FunctionRegistry,
  request: FunctionRequest,
  signal: AbortSignal,
): Promise<FunctionOutcome> {
  const host = registry.current()
  if (host === undefined) return failure('the config that declared this function is not loaded')
  const { fn, context, args, timeoutMs, onLog } = request
  try {
    return { ok: true, value: await host.call({ fnId: fn.$fn, context, args, timeoutMs, onLog }, signal) }
  } catch (error) {
    if (signal.aborted) return failure('killed')
    if (error instanceof UserError || (isTiltError(error) && 'diagnostics' in error)) {
      const { diagnostics } = error as UserError
      const report = renderDiagnostics(diagnostics, { colour: false, severity: false })
      const late = diagnostics.some(({ code }) => code === 'function/timeout')
      return { ok: false, message: firstLine(error.message), report, late }
    }
    if (isTiltError(error) && error.class === 'infra') return failure(error.message)
    throw error
  }
}

function failure(message: string): FunctionOutcome {
  return { ok: false, message, report: message }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
