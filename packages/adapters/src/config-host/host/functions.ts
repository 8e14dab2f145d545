import { formatWithOptions } from 'node:util'
import {
  type Collector,
  displayOf,
  type ExecOptions,
  type ExecResult,
  execRequest,
  exitMessage,
} from '@tiltts/config/collector'
import type { FunctionContext } from '@tiltts/runtime/ports'
import { type Diagnostic, type Json, type LogLevel, UserError } from '@tiltts/spec'
import type { CallOutcome } from '../protocol.js'
import { isUserError, threw } from './diagnose.js'
import { placesOf } from './places.js'
import type { RunCommand } from './run-command.js'

/** What a function of the config is given. The same in the host and in a server's own process. */
interface StepContext extends Pick<FunctionContext, 'resource' | 'env' | 'inputs' | 'changedFiles'> {
  readonly signal: AbortSignal
  log(...words: unknown[]): void
  exec(command: string | readonly string[] | TemplateStringsArray, ...rest: unknown[]): Promise<ExecResult>
}

export interface StepSurroundings {
  readonly signal: AbortSignal
  readonly run: RunCommand
  readonly log: (text: string, level: LogLevel) => void
}

export function stepContext(context: FunctionContext, { signal, run, log }: StepSurroundings): StepContext {
  const { resource, env, inputs, changedFiles, dir } = context
  const platform = process.platform === 'win32' ? 'windows' : 'posix'
  return {
    signal,
    resource,
    env,
    inputs,
    changedFiles,
    log: (...words) => log(`${formatWithOptions({ colors: false }, ...words)}\n`, 'info'),
    async exec(...given) {
      const at = new Error('exec')
      const { command, options } = commandOf(given)
      signal.throwIfAborted()
      const request = execRequest(command, options, { platform, dir, env: { ...process.env, ...env } })
      const result = await run(request)
      if (result.exitCode === 0 || options.allowFailure === true) return result
      throw new UserError([
        {
          code: 'config/exec-failed',
          severity: 'error',
          message: exitMessage(displayOf(command), result, options.quiet ?? false),
          places: placesOf(at),
        },
      ])
    },
  }
}

/** `exec('npm test', {…})`, `exec(['npm', 'test'], {…})` or a template: there each value is one word to the shell. */
function commandOf(given: readonly unknown[]): { command: string | readonly string[]; options: ExecOptions } {
  const [first, ...rest] = given
  if (Array.isArray(first) && 'raw' in first) {
    const parts: readonly string[] = first
    const command = parts.map((part, index) => (index === 0 ? part : `${shellWords(rest[index - 1])}${part}`)).join('')
    return { command, options: {} }
  }
  if (typeof first === 'string' || (Array.isArray(first) && first.every((word) => typeof word === 'string'))) {
    return { command: first, options: (rest[0] ?? {}) as ExecOptions }
  }
  throw new TypeError('exec() takes a command as a text or as a list of words')
}

const shellWords = (value: unknown): string => displayOf(Array.isArray(value) ? value.map(String) : [String(value)])

/**
 * Calls a function of an evaluation. Never rejects.
 *
 * @param args What it is called with in place of the context.
 */
export async function callFunction(
  collector: Collector,
  fnId: string,
  context: StepContext,
  args: readonly unknown[] = [context],
): Promise<CallOutcome> {
  const fn = collector.functionOf(fnId) as ((...args: readonly unknown[]) => unknown) | undefined
  if (fn === undefined) return failed({ code: 'function/threw', severity: 'error', message: noSuch(fnId), places: [] })
  try {
    return { ok: true, value: plain(await fn(...args)) }
  } catch (thrown) {
    if (isUserError(thrown)) return { ok: false, diagnostics: thrown.diagnostics }
    return failed(threw(thrown, 'function/threw'))
  }
}

const noSuch = (fnId: string): string => `The config no longer has the function ${fnId}`
const failed = (diagnostic: Diagnostic): CallOutcome => ({ ok: false, diagnostics: [diagnostic] })

/** A result crosses a process: what is no plain data would arrive as something else. */
function plain(value: unknown): Json | undefined {
  if (value === undefined) return undefined
  const text = JSON.stringify(value)
  if (text === undefined) throw new TypeError(`The function returned a ${typeof value}, which is no plain data`)
  return JSON.parse(text) as Json
}
