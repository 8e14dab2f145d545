import type { Diagnostic } from '@tiltts/spec'
import type { ComposeSource } from './compose-source.js'
import { usePlaces } from './variable-places.js'

/** What Compose warns of while it reads files, each once. */
export function warningsOf(stderr: string, sources: readonly ComposeSource[]): readonly Diagnostic[] {
  const messages = new Set(stderr.split('\n').flatMap((line) => warningIn(line) ?? []))
  return [...messages].filter((message) => !isObsoleteVersion(message)).map((message) => warning(message, sources))
}

/** Whether a line says only what is told when the files are read. */
export function isReadingNoise(line: string): boolean {
  const message = warningIn(line)
  return message !== undefined && (isObsoleteVersion(message) || unsetVariable(message) !== undefined)
}

/** Lines of a log, other than what Compose says of its work. */
export function isLogLine(line: string): boolean {
  return /^time="[^"]*" level=\w+ msg=/.test(line)
}

function warningIn(line: string): string | undefined {
  const quoted = /^time="[^"]*" level=warning msg=("(?:[^"\\]|\\.)*"|\S+)/.exec(line)?.[1]
  if (quoted === undefined) return undefined
  try {
    return quoted.startsWith('"') ? (JSON.parse(quoted) as string) : quoted
  } catch {
    // Escapes of Go that JSON does not know: better as they are than not at all.
    return quoted.slice(1, -1)
  }
}

function isObsoleteVersion(message: string): boolean {
  return /`version` is obsolete/.test(message)
}

function unsetVariable(message: string): string | undefined {
  return /^The "?(\w+)"? variable is not set/.exec(message)?.[1]
}

function warning(message: string, sources: readonly ComposeSource[]): Diagnostic {
  const name = unsetVariable(message)
  const base = { code: 'compose/invalid', severity: 'warning' } as const
  if (name === undefined) return { ...base, message, places: [] }
  return {
    ...base,
    message: `the variable \`${name}\` is not set: it is taken as empty`,
    places: usePlaces(name, sources),
    hint: `Set ${name} in the environment or in the .env file of the project, or write \${${name}:-} where it may be empty`,
  }
}
