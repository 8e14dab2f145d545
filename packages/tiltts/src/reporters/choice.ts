import { resolve } from 'node:path'
import type { Flags, Invocation } from '../cli/command.js'
import { listFlag, textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'

/** What is to be written at the end of a `ci` run. Paths are absolute. */
export interface ReportChoice {
  readonly junit: readonly string[]
  readonly json: readonly string[]
  readonly github: boolean
  readonly logDir?: string | undefined
  readonly snapshot?: string | undefined
}

export const snapshotFlag: Flags = {
  'output-snapshot-on-exit': {
    type: 'string',
    value: '<path>',
    help: 'write a snapshot of the session at its end, good or bad',
  },
}

export const reportFlags: Flags = {
  reporter: {
    type: 'string',
    multiple: true,
    value: '<list>',
    help: 'report the run: junit=FILE, json=FILE, github; several with commas or by repeating',
  },
  'log-dir': { type: 'string', value: '<folder>', help: 'write the whole log of each resource to a file there' },
  ...snapshotFlag,
}

/** Throws a UsageError: to be called before anything is begun that would have to be ended then. */
export function reportChoice(invocation: Invocation, cwd: string = process.cwd()): ReportChoice {
  const junit: string[] = []
  const json: string[] = []
  let github = false
  for (const text of listFlag(invocation, 'reporter')) {
    const [name, file] = splitOnce(text)
    if (name === 'github') {
      if (file !== undefined) throw new UsageError('--reporter github takes no file: it prints annotations')
      github = true
    } else if (name === 'junit' || name === 'json') {
      if (file === undefined || file === '')
        throw new UsageError(`--reporter ${name} needs a file: --reporter ${name}=FILE`)
      const files = name === 'junit' ? junit : json
      files.push(resolve(cwd, file))
    } else throw new UsageError(`--reporter takes junit=FILE, json=FILE or github, not '${text}'`)
  }
  return { junit, json, github, logDir: pathFlag(invocation, 'log-dir', cwd), snapshot: snapshotPath(invocation, cwd) }
}

/** Where the snapshot is to be written, as an absolute path. Throws a UsageError. */
export function snapshotPath(invocation: Invocation, cwd: string = process.cwd()): string | undefined {
  return pathFlag(invocation, 'output-snapshot-on-exit', cwd)
}

function pathFlag(invocation: Invocation, name: string, cwd: string): string | undefined {
  const path = textFlag(invocation, name)
  if (path === '') throw new UsageError(`--${name} needs a path`)
  return path === undefined ? undefined : resolve(cwd, path)
}

function splitOnce(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
