import { parseArgs } from 'node:util'
import { type Command, type Flags, type Invocation, parseOptions } from './command.js'
import { UsageError } from './usage-error.js'

/** On every command; they may also stand before its name. */
export const globalFlags: Flags = {
  help: { type: 'boolean', short: 'h', help: 'show this help' },
  debug: { type: 'boolean', short: 'd', help: 'show what the engine does' },
  verbose: { type: 'boolean', short: 'v', help: 'show more' },
  klog: { type: 'string', value: '<0-9>', help: 'from 6 up: print requests to the session on stderr' },
}

/** Parses what stands after the command's name. Throws a UsageError. */
export function parseInvocation(name: string, command: Command, argv: readonly string[]): Invocation {
  const options = parseOptions({ ...globalFlags, ...command.flags })
  const { own, rest } = splitArgv(command, argv)
  const { args, off } = withoutTruth(joinNegatives(own, options), { ...globalFlags, ...command.flags })
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
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

type Options = ReturnType<typeof parseOptions>

/** What the command reads itself, and what it hands on: all after `--`, or after the words that its own flags must precede. */
export function splitArgv(
  { flags, handsOnAfter }: Command,
  argv: readonly string[],
): { readonly own: readonly string[]; readonly rest: readonly string[] } {
  const separator = argv.indexOf('--')
  const end = separator < 0 ? argv.length : separator
  if (handsOnAfter !== undefined) {
    const { tokens } = parseArgs({
      args: [...argv.slice(0, end)],
      options: parseOptions({ ...globalFlags, ...flags }),
      allowPositionals: true,
      strict: false,
      tokens: true,
    })
    const words: string[] = []
    for (const token of tokens) {
      if (token.kind !== 'positional') continue
      words.push(token.value)
      if (!handsOnAfter(words)) continue
      const after = token.index + 1
      return { own: argv.slice(0, after), rest: argv.slice(argv[after] === '--' ? after + 1 : after) }
    }
  }
  return { own: argv.slice(0, end), rest: argv.slice(end + 1) }
}

/** The words of a command line, which may be unfinished, that are neither flags nor their values. */
export function plainWords(argv: readonly string[], options: Options): readonly string[] {
  return parseArgs({ args: [...argv], options, allowPositionals: true, strict: false }).positionals
}

/** `--tail -1` as `--tail=-1`: a number below zero is no flag. */
function joinNegatives(argv: readonly string[], options: Options): string[] {
  const joined: string[] = []
  for (const word of argv) {
    const before = joined.at(-1)
    if (/^-\d/.test(word) && before?.startsWith('--') && options[before.slice(2)]?.type === 'string')
      joined[joined.length - 1] = `${before}=${word}`
    else joined.push(word)
  }
  return joined
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

/** All values of a flag that may stand several times. */
export function listOfTexts(invocation: Invocation, name: string): readonly string[] {
  const value = invocation.flags[name]
  return Array.isArray(value) ? (value as readonly string[]) : typeof value === 'string' ? [value] : []
}

/** All values of a flag that may stand several times; commas separate, too. */
export function listFlag(invocation: Invocation, name: string): readonly string[] {
  return listOfTexts(invocation, name)
    .flatMap((text) => text.split(','))
    .filter((text) => text !== '')
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
