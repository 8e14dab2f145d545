import type { CommandSpec } from '@tiltts/spec'
import type { Call } from './call/call.js'
import type { Expectation } from './call/expect.js'
import type { AnyFunction, Finish } from './collector/recorder.js'
import { argvOf, displayOf } from './collector/shell.js'
import type { StepFunction } from './step-function.js'

/** A shell text for each family of systems. */
export interface PlatformCommand {
  /** For `sh -c`, on Linux and macOS. */
  readonly sh: string
  /** For `cmd /S /C`, on Windows. */
  readonly bat: string
}

/**
 * What a step runs: a text through the shell, a list as it is, without a shell, a text for each platform, or a function.
 *
 * @example
 * ```ts
 * 'go build ./cmd/api'
 * ['go', 'build', './cmd/api']
 * { sh: './build.sh', bat: 'build.bat' }
 * async ({ exec, log }) => { log((await exec('git rev-parse HEAD')).stdout) }
 * ```
 */
export type Command = string | readonly string[] | PlatformCommand | StepFunction

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

const isPlatformCommand = (value: unknown): value is PlatformCommand => {
  if (typeof value !== 'object' || value === null) return false
  const { sh, bat } = value as Partial<PlatformCommand>
  return isText(sh) && isText(bat)
}

/** A command that is a process. */
export const processCommand: Expectation = {
  expected: 'a command: a text that is not empty, or a list of strings',
  fits: (value) =>
    isText(value) || (Array.isArray(value) && isText(value[0]) && value.every((word) => typeof word === 'string')),
}

export const command: Expectation = {
  expected: 'a command: a text that is not empty, a list of strings, { sh, bat }, or a function',
  fits: (value) => typeof value === 'function' || isPlatformCommand(value) || processCommand.fits(value),
}

/**
 * Keeps a command of a resource.
 *
 * @param id By which the engine calls it when it is a function.
 */
export function keepCommand(call: Call, id: string, given: Command): (finish: Finish) => CommandSpec {
  const { draft, options } = call.recorder
  if (typeof given === 'function') {
    const fn: AnyFunction = given
    if (!draft.functions.has(id)) draft.functions.set(id, fn)
    const display = `${fn.name || 'function'}()`
    return (finish) => ({ fn: finish.functionRef(id, fn, call.at), display })
  }
  const written = isPlatformCommand(given) ? (options.platform === 'windows' ? given.bat : given.sh) : given
  const spec = argvCommand(written, options.platform)
  return () => spec
}

/** An id that no function has yet: calls for one name add up, and each may bring functions. */
export function freeFunctionId(call: Call, first: string): string {
  const { functions } = call.recorder.draft
  let id = first
  for (let number = 2; functions.has(id); number++) id = `${first}#${number}`
  return id
}

/** argv of what runs in a container, whatever system this machine has. */
export function containerArgv(written: string | readonly string[] | undefined): readonly string[] | undefined {
  return written === undefined ? undefined : argvOf(written, 'posix')
}

/** A command line as argv, with the text that people wrote. */
export function argvCommand(
  written: string | readonly string[],
  platform: 'posix' | 'windows',
): { readonly argv: readonly string[]; readonly display: string } {
  return { argv: argvOf(written, platform), display: displayOf(written) }
}
