import { isDeepStrictEqual } from 'node:util'
import type { ArgSpec, Json } from '@tiltts/spec'
import { nearest } from '../call/nearest.js'
import type { Finding, Finish, Recorder } from '../collector/recorder.js'
import type { ArgsFile } from './args-file.js'
import { wordsDefinition } from './define-args.js'
import { type DefinedArg, resolveArg } from './defined-arg.js'
import { canonical, flagOf } from './names.js'
import { type ParsedWords, parseWords } from './parse-words.js'
import { expected } from './value.js'

/** What became of the words after `--`. */
export interface FinishedArgs {
  readonly args: readonly ArgSpec[]
  /** Plain words that no argument took. */
  readonly positionals: readonly string[]
  readonly findings: readonly Finding[]
}

/**
 * Judges the arguments when all are defined.
 *
 * @param stopped The evaluation did not come to its end, so unknown flags may belong to a call that was still to come.
 */
export function finishArgs({ draft, options }: Recorder, finish: Finish, stopped: boolean): FinishedArgs {
  const file = draft.argsFile ?? { path: '', text: '', entries: [] }
  const words = parseWords(options.args, draft.args.map(wordsDefinition))
  const unknown = stopped ? [] : [...unknownFlags(words, draft.args), ...unknownEntries(file, draft.args)]
  return {
    args: draft.args.map((defined) => argSpec(defined, finish)),
    positionals: words.words,
    findings: [...draft.args.flatMap((defined) => judge(defined, words, file)), ...twice(file), ...unknown],
  }
}

function argSpec({ name, arg, at, value }: DefinedArg, finish: Finish): ArgSpec {
  const { type, positional, description, choices } = arg
  return { name, type, positional, description, choices, value: value as Json | undefined, place: finish.place(at) }
}

function judge(defined: DefinedArg, words: ParsedWords, file: ArgsFile): readonly Finding[] {
  const { name, key, arg, at } = defined
  const converted = resolveArg(arg, key, words, file)
  const error = (message: string, rest: Partial<Finding> = {}): readonly Finding[] => [
    { code: 'args/invalid-value', severity: 'error', message, at, ...rest },
  ]
  if ('problem' in converted) {
    const entry = words.given.has(key) ? undefined : file.entries.find((other) => other.key === key)
    if (entry === undefined) return error(`--${flagOf(name)} ${converted.problem}`)
    return error(`tilt_config.json: \`${entry.name}\` ${converted.problem}`, { places: [entry.place] })
  }
  if (isDeepStrictEqual(converted.value, defined.value)) return []
  return error(`The words after -- mean something else to \`${name}\` since later arguments are known`, {
    hint: 'Write flags with an equals sign, as in --name=value, or define all arguments in one call',
  })
}

/** One argument under two spellings in the file. */
function twice(file: ArgsFile): readonly Finding[] {
  return file.entries.flatMap((entry, index) => {
    const before = file.entries.slice(0, index).find((other) => other.key === entry.key)
    if (before === undefined) return []
    const message = `tilt_config.json sets one argument twice: as \`${before.name}\` and as \`${entry.name}\``
    return [{ code: 'args/duplicate', severity: 'error', message, places: [entry.place, before.place] }]
  })
}

function unknownFlags({ unknown }: ParsedWords, defined: readonly DefinedArg[]): readonly Finding[] {
  return unknown.map((flag) => {
    const name = nearestArg(flag, defined)
    const hint = name === undefined ? usage(defined) : `Did you mean --${flagOf(name)}?`
    return { code: 'args/unknown', severity: 'error', message: `No argument is called ${flag}`, hint }
  })
}

function unknownEntries(file: ArgsFile, defined: readonly DefinedArg[]): readonly Finding[] {
  return file.entries
    .filter((entry) => !defined.some((other) => other.key === entry.key))
    .map((entry) => {
      const name = nearestArg(entry.name, defined)
      return {
        code: 'args/unknown',
        severity: 'error',
        message: `tilt_config.json: no argument is called \`${entry.name}\``,
        hint: name === undefined ? usage(defined) : `Did you mean \`${name}\`?`,
        places: [entry.place],
      }
    })
}

function nearestArg(written: string, defined: readonly DefinedArg[]): string | undefined {
  const key = nearest(
    canonical(written),
    defined.map((other) => other.key),
  )
  return defined.find((other) => other.key === key)?.name
}

function usage(defined: readonly DefinedArg[]): string {
  if (defined.length === 0) return 'The config defines no arguments; define them with defineArgs'
  const lines = defined.map(({ name, arg }) => {
    const value = arg.type === 'boolean' ? '' : ` <${expected(arg)}>`
    return `  --${flagOf(name)}${value}${arg.description === undefined ? '' : `  ${arg.description}`}`
  })
  return `The config takes:\n${lines.join('\n')}`
}
