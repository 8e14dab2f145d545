import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type Call, reading } from './call/call.js'
import { checkedOptions, describe, type Expectations } from './call/expect.js'
import { flag } from './call/expectations.js'
import { placeInText } from './data-place.js'

export interface DotenvOptions {
  /** Put the values into the environment of the config and of all commands. @default true */
  readonly apply?: boolean | undefined
  /** Also over values that are set already. @default false */
  readonly override?: boolean | undefined
}

const expectations: Expectations<DotenvOptions> = { apply: flag, override: flag }

/**
 * Reads a `.env` file, returns its values, and by default puts those not yet set into the environment of all commands.
 * The config is evaluated again when the file changes. A file that is not there has no values; if it was named, a
 * warning says so.
 *
 * @param path @default '.env'
 * @example
 * ```ts
 * const { DATABASE_URL } = dotenv()
 * dotenv('.env.local', { override: true })
 * ```
 */
export function dotenv(path?: string, options?: DotenvOptions): Readonly<Record<string, string>> {
  const call = reading('dotenv')
  const { apply = true, override = false } = checkedOptions(
    call,
    `dotenv(${describe(path ?? '.env')})`,
    options,
    expectations,
  )
  const values = read(call, path)
  if (apply) {
    for (const [name, value] of Object.entries(values))
      if (override || process.env[name] === undefined) process.env[name] = value
  }
  return values
}

function read(call: Call, path: string | undefined): Readonly<Record<string, string>> {
  const file = call.path(path ?? '.env')
  call.recorder.recordRead({ path: file, kind: 'file' })
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw call.failure('config/read-failed', `dotenv(): ${file} cannot be read: ${message}`)
    if (path !== undefined) call.warning('config/read-failed', `dotenv(): ${path} does not exist, so it sets nothing`)
    return {}
  }
  reportBadLine(call, file, text)
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(parseEnv(text))) if (value !== undefined) values[name] = value
  return values
}

const assignment = /^[ \t]*(?:export[ \t]+)?[\w.-]+[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|`[^`]*`|.*)/gm

/** The parser passes over lines that set nothing; most often they are mistakes. */
function reportBadLine(call: Call, file: string, text: string): void {
  const rest = text.replace(assignment, (found) => found.replace(/[^\n]/g, ' '))
  const bad = /^[ \t]*[^\s#].*$/m.exec(rest)
  if (bad === null) return
  call.recorder.draft.findings.push({
    code: 'config/read-failed',
    severity: 'warning',
    message: `${file}: \`${bad[0].trim()}\` sets nothing`,
    hint: 'Write: NAME=value',
    at: call.at,
    places: [placeInText(file, text, bad.index)],
  })
}
