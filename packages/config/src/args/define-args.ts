import { type Call, declaring } from '../call/call.js'
import { describe } from '../call/expect.js'
import { type Arg, isKeptArg } from './arg.js'
import { readArgsFile } from './args-file.js'
import { type DefinedArg, resolveArg } from './defined-arg.js'
import { canonical } from './names.js'
import { parseWords, type WordsDefinition } from './parse-words.js'

/** The values of arguments. */
export type ArgValues<A extends Readonly<Record<string, Arg<unknown>>>> = {
  readonly [K in keyof A]: A[K] extends Arg<infer T> ? T : never
}

/**
 * Names the user's own arguments, and returns their values, typed.
 *
 * They come from flags after `--` (`tiltts dev -- --to-run api`), else from `tilt_config.json` beside the main config,
 * else from the default. `toRun`, `to-run` and `to_run` are one argument. It may be called several times, by helpers too;
 * flags that no call names are errors when the evaluation ends.
 *
 * @example
 * ```ts
 * const cfg = defineArgs({
 *   toRun: arg.resources({ positional: true }),
 *   profile: arg.choice(['minimal', 'full'], { default: 'minimal' }),
 *   port: arg.number({ default: 8080 }),
 * })
 * ```
 */
export function defineArgs<const A extends Readonly<Record<string, Arg<unknown>>>>(args: A): ArgValues<A> {
  const call = declaring('defineArgs')
  const { draft, options } = call.recorder
  draft.argsFile ??= readArgsFile(call)
  const file = draft.argsFile
  const added: NewArg[] = []
  for (const [name, arg] of Object.entries(args)) added.push(...newArg(call, [...draft.args, ...added], name, arg))
  const definitions = [...draft.args, ...added].map(wordsDefinition)
  const words = parseWords(options.args, definitions)
  const values: Record<string, unknown> = {}
  for (const defined of added) {
    const converted = resolveArg(defined.arg, defined.key, words, file)
    // what is wrong with it is said at the end, when all arguments are known
    const value = 'value' in converted ? converted.value : defined.arg.default
    values[defined.name] = value
    draft.args.push({ ...defined, value })
  }
  return Object.freeze(values) as ArgValues<A>
}

type NewArg = Omit<DefinedArg, 'value'>

export const wordsDefinition = ({ key, arg }: Pick<DefinedArg, 'key' | 'arg'>): WordsDefinition => ({
  key,
  type: arg.type,
  positional: arg.positional,
})

/** The argument, if it can be added to those there are. */
function newArg(call: Call, taken: readonly NewArg[], name: string, arg: unknown): readonly NewArg[] {
  if (!/^[a-z][\w-]*$/i.test(name)) {
    call.error(
      'config/invalid-name',
      `defineArgs(): ${describe(name)} cannot name an argument`,
      'Begin with a letter; then letters, digits, - and _',
    )
    return []
  }
  if (!isKeptArg(arg)) {
    call.error(
      'config/invalid-option',
      `defineArgs(): \`${name}\` must be an argument, but it is ${describe(arg)}`,
      'Write: arg.string(), arg.boolean(), …',
    )
    return []
  }
  const key = canonical(name)
  const same = taken.find((other) => other.key === key)
  const positional = arg.positional ? taken.find((other) => other.arg.positional) : undefined
  const before = same ?? positional
  if (before !== undefined) {
    call.recorder.draft.findings.push({
      code: 'args/duplicate',
      severity: 'error',
      message:
        same !== undefined
          ? `The argument \`${name}\` is defined already${same.name === name ? '' : `, as \`${same.name}\``}`
          : `\`${name}\` and \`${before.name}\` are both positional, and one argument can take the plain words`,
      at: call.at,
      also: before.at === call.at ? undefined : before.at,
    })
    return []
  }
  return [{ name, key, arg, at: call.at }]
}
