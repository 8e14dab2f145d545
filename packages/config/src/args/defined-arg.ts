import type { KeptArg } from './arg.js'
import type { ArgsFile } from './args-file.js'
import type { ParsedWords } from './parse-words.js'
import { type Converted, fromData, fromTexts } from './value.js'

/** An argument with the name that a config gave it. */
export interface DefinedArg {
  /** As written in `defineArgs`. */
  readonly name: string
  /** The same for all spellings. */
  readonly key: string
  readonly arg: KeptArg
  /** The call of `defineArgs`. */
  readonly at: Error
  /** What that call returned for it. */
  readonly value: unknown
}

/** The value of an argument: from the command line, else from tilt_config.json, else its default. */
export function resolveArg(arg: KeptArg, key: string, words: ParsedWords, file: ArgsFile): Converted {
  const texts = words.given.get(key)
  if (texts !== undefined) return fromTexts(arg, texts)
  const entry = file.entries.find((other) => other.key === key)
  return entry === undefined ? { value: arg.default } : fromData(arg, entry.value)
}
