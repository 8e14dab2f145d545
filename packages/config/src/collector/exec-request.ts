import { resolve } from 'node:path'
import type { Env } from '../values.js'
import { argvOf } from './shell.js'
import type { ExecRequest } from './types.js'

/** How one command of `exec` is run. */
export interface ExecOptions {
  /** Folder it runs in. @default the config's folder; in a step, the step's */
  readonly dir?: string | undefined
  /** On top of the environment that is there. Values become strings. */
  readonly env?: Env | undefined
  /** Written to its input, which is then closed. */
  readonly stdin?: string | undefined
  /** Its output is not shown while it runs. @default false */
  readonly quiet?: boolean | undefined
  /** The command itself is not shown. @default false */
  readonly echoOff?: boolean | undefined
  /** Resolve also when it exits with anything but 0. @default false */
  readonly allowFailure?: boolean | undefined
}

/** What a command wrote, as it wrote it, and how it ended. */
export interface ExecResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** Where a command runs when its options say nothing else. */
export interface ExecSurroundings {
  readonly platform: 'posix' | 'windows'
  /** Absolute. */
  readonly dir: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A call of `exec` as plain data, for whoever runs the process. */
export function execRequest(
  command: string | readonly string[],
  options: ExecOptions,
  { platform, dir, env }: ExecSurroundings,
): ExecRequest {
  const entries = Object.entries({ ...env, ...options.env }).filter(([, value]) => value !== undefined)
  return {
    argv: argvOf(command, platform),
    dir: resolve(dir, options.dir ?? '.'),
    env: Object.fromEntries(entries.map(([name, value]) => [name, String(value)])),
    stdin: options.stdin,
    quiet: options.quiet ?? false,
    echoOff: options.echoOff ?? false,
  }
}

/** Why a command that exited with anything but 0 counts as failed, with its output when nobody has seen it yet. */
export function exitMessage(display: string, result: ExecResult, quiet: boolean): string {
  const output = quiet ? lastLines(`${result.stdout}\n${result.stderr}`) : ''
  return `\`${display}\` exited with code ${result.exitCode}${output && `\n${output}`}`
}

const lastLines = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-20)
    .join('\n')
