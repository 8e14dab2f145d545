import { reading } from './call/call.js'
import { checkedOptions, describe, type Expectations } from './call/expect.js'
import { environment, flag, text } from './call/expectations.js'
import { type ExecOptions, type ExecResult, execRequest, exitMessage } from './collector/exec-request.js'
import { displayOf } from './collector/shell.js'
import { track } from './collector/tracked.js'
import { processCommand } from './command.js'

export type { ExecOptions, ExecResult } from './collector/exec-request.js'

const expectations: Expectations<ExecOptions> = {
  dir: text,
  env: environment,
  stdin: text,
  quiet: flag,
  echoOff: flag,
  allowFailure: flag,
}

/**
 * Runs a command while the config is evaluated. A text goes through the shell, a list does not.
 * Files that it reads are not known: name them with `watchFile`, so that a change reloads the config.
 *
 * Must be awaited; a call that nobody awaits is an error of the evaluation.
 *
 * @returns Its output as it is, with the final line break.
 * @throws When it cannot be started, or exits with anything but 0 (unless `allowFailure` is set).
 * @example
 * ```ts
 * const { stdout } = await exec('git rev-parse --short HEAD', { quiet: true })
 * ```
 */
export function exec(command: string | readonly string[], options?: ExecOptions): Promise<ExecResult> {
  const call = reading('exec')
  const good = checkedOptions(call, `exec(${describe(command)})`, options, expectations)
  const { recorder } = call
  const surroundings = { platform: recorder.options.platform, dir: call.folder(), env: process.env }
  const run = async (): Promise<ExecResult> => {
    if (!processCommand.fits(command)) {
      throw call.failure(
        'config/invalid-option',
        `exec(): expected ${processCommand.expected}, got ${describe(command)}`,
      )
    }
    const display = displayOf(command)
    const result = await recorder.options.exec(execRequest(command, good, surroundings)).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw call.failure('config/exec-failed', `\`${display}\` could not be run: ${reason}`)
    })
    if (result.exitCode === 0 || good.allowFailure === true) return result
    throw call.failure('config/exec-failed', exitMessage(display, result, good.quiet ?? false))
  }
  return track(recorder, 'exec', call.at, run())
}
