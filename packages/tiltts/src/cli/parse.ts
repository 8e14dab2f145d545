import { parseArgs } from 'node:util'
import { type Command, type Flags, type Invocation, parseOptions } from './command.js'
import { UsageError } from './usage-error.js'

/** On every command; they may also stand before its name. */
export const globalFlags: Flags = {
  help: { type: 'boolean', short: 'h', help: 'show this help' },
  debug: { type: 'boolean', short: 'd', help: 'show what the engine does' },
  verbose: { type: 'boolean', short: 'v', help: 'show more' },
}

/** Parses what stands after the command's name. Throws a UsageError. */
export function parseInvocation(name: string, command: Command, argv: readonly string[]): Invocation {
  const separator = argv.indexOf('--')
  const own = separator < 0 ? argv : argv.slice(0, separator)
  const rest = separator < 0 ? [] : argv.slice(separator + 1)
  const { args, off } = withoutTruth(own, { ...globalFlags, ...command.flags })
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: parseOptions({ ...globalFlags, ...command.flags }),
      allowPositionals: true,
      strict: true,
    })
    return { flags: { ...(values as Invocation['flags']), ...off }, words: positionals, rest }
  } catch (error) {
    // Node explains at length how to pass a positional that looks like a flag; the first sentence says what is wrong.
    const message = (error as Error).message.split('. ')[0] ?? ''
    throw new UsageError(message, `See: tiltts help ${name}. Arguments of your own config go after --`)
  }
}

/** Flags that are on or off may say so: `--no-headers=true`, `--cached=false`. Node's parser knows them without a value only. */
function withoutTruth(
  argv: readonly string[],
  flags: Flags,
): { readonly args: readonly string[]; readonly off: Readonly<Record<string, false>> } {
  const off: Record<string, false> = {}
  const args = argv.flatMap((word) => {
    const [, name = '', value] = /^--([^=]+)=(true|false)$/.exec(word) ?? []
    if (flags[name]?.type !== 'boolean') return [word]
    if (value === 'true') return [`--${name}`]
    off[name] = false
    return []
  })
  return { args, off }
}

/** A whole number given as a flag. */
export function numberFlag(invocation: Invocation, name: string): number | undefined {
  const text = invocation.flags[name]
  if (typeof text !== 'string') return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isInteger(value))
    throw new UsageError(`--${name} takes a whole number, not '${text}'`)
  return value
}

/** A text given as a flag. */
export function textFlag(invocation: Invocation, name: string): string | undefined {
  const value = invocation.flags[name]
  return typeof value === 'string' ? value : undefined
}

/** All values of a flag that may stand several times; commas separate, too. */
export function listFlag(invocation: Invocation, name: string): readonly string[] {
  const value = invocation.flags[name]
  const texts = Array.isArray(value) ? (value as readonly string[]) : typeof value === 'string' ? [value] : []
  return texts.flatMap((text) => text.split(',')).filter((text) => text !== '')
}

/** One of a few words given as a flag. */
export function choiceFlag<T extends string>(
  invocation: Invocation,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = textFlag(invocation, name)
  if (value === undefined) return undefined
  const found = choices.find((choice) => choice === value)
  if (found === undefined) throw new UsageError(`--${name} takes one of ${choices.join(', ')}, not '${value}'`)
  return found
}

/** A duration such as `30s`, `5m`, `1h30m`, given as a flag; `0` means no limit. In milliseconds. */
export function durationFlag(invocation: Invocation, name: string): number | undefined {
  const text = textFlag(invocation, name)
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms === undefined) throw new UsageError(`--${name} takes a duration such as 30s, 5m or 1h30m, not '${text}'`)
  return ms
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A duration such as `1h30m` in milliseconds; `undefined` when it is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (unitMs[unit ?? ''] ?? 0),
    0,
  )
}
