import type { LogLevel } from '@tiltts/spec'
import { wordLevel } from './level-words.js'

const keys =
  'level|lvl|severity|log\\.level|loglevel|log_level|levelname|level_name|@l|@level|severitytext|severity_text'
const levelKey = new RegExp(`^(?:${keys})$`, 'i')
const levelField = new RegExp(`"(?:${keys})"\\s*:\\s*("[a-z]+"|\\d+)`, 'gi')

/**
 * The level field of a line that is a JSON object; nothing when it has none.
 * Numbers are read as pino and bunyan write them: 40 warn, 50 error, 60 fatal.
 */
export function jsonLevel(line: string): LogLevel | undefined {
  levelField.lastIndex = 0
  const first = levelField.exec(line)
  if (first === null) return undefined
  const level = valueLevel((first[1] ?? '').replaceAll('"', ''))
  // Parsing is dear, and without an object or list before it the field can only be the line's own.
  if (level !== undefined && !/[{[]/.test(line.slice(1, first.index))) return level
  const parsed = parseObject(line)
  if (parsed === undefined) return level
  const log = parsed['log']
  return ownLevel(parsed) ?? (isObject(log) ? ownLevel(log) : undefined)
}

function ownLevel(fields: Readonly<Record<string, unknown>>): LogLevel | undefined {
  for (const [key, value] of Object.entries(fields)) {
    if (!levelKey.test(key) || (typeof value !== 'string' && typeof value !== 'number')) continue
    const level = valueLevel(String(value))
    if (level !== undefined) return level
  }
  return undefined
}

function valueLevel(value: string): LogLevel | undefined {
  if (!/^\d+$/.test(value)) return wordLevel(value)
  const number = Number(value)
  if (number < 10) return undefined
  return number >= 50 ? 'error' : number >= 40 ? 'warn' : 'info'
}

/** The line may be cut off, or only look like JSON. */
function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
