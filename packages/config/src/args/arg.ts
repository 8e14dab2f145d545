import type { ArgSpec } from '@tiltts/spec'
import { type Call, declaring } from '../call/call.js'
import { checkedOptions, describe, type Expectation } from '../call/expect.js'
import { argv, durationText, flag, text } from '../call/expectations.js'
import type { Duration } from '../duration.js'
import { brand } from '../handle.js'
import type { ResourceName, RunTimeNames } from '../resource-ref.js'

/** An argument that yields a `T`. Made by {@link arg}, given to `defineArgs`. */
export interface Arg<T> {
  readonly [brand]: T
}

export interface ArgOptions {
  /** Shown in the usage text. */
  readonly description?: string | undefined
  /** Takes the plain words of the command line; its flag works, too. One argument of a config can. @default false */
  readonly positional?: boolean | undefined
}

export interface Args {
  /** Any text. `--name value` or `--name=value`. */
  string<D extends string | undefined = undefined>(options?: ArgOptions & { readonly default?: D }): Arg<string | D>
  /** A finite number. */
  number<D extends number | undefined = undefined>(options?: ArgOptions & { readonly default?: D }): Arg<number | D>
  /** A duration such as `90s` or `1h30m`. */
  duration<D extends Duration | undefined = undefined>(
    options?: ArgOptions & { readonly default?: D },
  ): Arg<Duration | D>
  /** Names of resources, checked when the graph is linked. The flag may be repeated. @default [] */
  resources<T extends string>(
    options?: ArgOptions & { readonly default?: readonly ResourceName[] | RunTimeNames<T> | undefined },
  ): Arg<readonly ResourceName[]>
  /** `--name` is true, `--name=false` is false. @default false */
  boolean(options?: ArgOptions & { readonly default?: boolean | undefined }): Arg<boolean>
  /** A list of texts. The flag may be repeated. @default [] */
  stringList(options?: ArgOptions & { readonly default?: readonly string[] | undefined }): Arg<readonly string[]>
  /**
   * One of some texts: a list of them, or the keys of an object.
   *
   * @example
   * ```ts
   * const profiles = { minimal: ['api'], full: ['api', 'web'] }
   * const cfg = defineArgs({ profile: arg.choice(profiles, { default: 'minimal' }) })
   * setEnabledResources(profiles[cfg.profile])
   * ```
   */
  choice<const T extends string>(
    values: readonly T[] | Readonly<Record<T, unknown>>,
    options: ArgOptions & { readonly default: NoInfer<T> },
  ): Arg<T>
  choice<const T extends string>(
    values: readonly T[] | Readonly<Record<T, unknown>>,
    options?: ArgOptions,
  ): Arg<T | undefined>
  /** Any JSON value; on the command line as JSON text. Its shape is not checked. */
  object<T>(options?: ArgOptions): Arg<T | undefined>
}

/** What an argument was made of. */
export interface KeptArg {
  readonly [brand]: 'arg'
  readonly type: ArgSpec['type']
  readonly description: string | undefined
  readonly positional: boolean
  readonly choices: readonly string[] | undefined
  readonly default: unknown
}

/** Arguments by type, for `defineArgs`. */
export const arg: Args = {
  string: (options) => make('string', text, options),
  number: (options) => make('number', finiteNumber, options),
  duration: (options) => make('duration', durationText, options),
  resources: (options) => make('resources', argv, options, []),
  boolean: (options) => make('boolean', flag, options, false),
  stringList: (options) => make('stringList', argv, options, []),
  choice: choice as Args['choice'],
  object: (options) => make('object', noDefault, options),
}

const finiteNumber: Expectation = { expected: 'a finite number', fits: (value) => Number.isFinite(value) }
const noDefault: Expectation = { expected: 'left out', fits: () => false }

type AnyOptions = ArgOptions & { readonly default?: unknown }

function choice(values: readonly string[] | Readonly<Record<string, unknown>>, options?: AnyOptions): Arg<never> {
  const call = declaring('arg.choice')
  const choices = Array.isArray(values) ? [...values] : Object.keys(values ?? {})
  if (choices.length === 0 || !choices.every((value) => typeof value === 'string')) {
    call.error('config/invalid-option', `arg.choice(): expected texts to choose from, got ${describe(values)}`)
  }
  const expected = {
    expected: `one of ${choices.join(', ')}`,
    fits: (value: unknown) => choices.includes(String(value)),
  }
  return keep(call, 'choice', expected, options, undefined, choices)
}

function make<T>(type: ArgSpec['type'], expected: Expectation, options?: AnyOptions, empty?: unknown): Arg<T> {
  return keep(declaring(`arg.${type}`), type, expected, options, empty, undefined)
}

function keep<T>(
  call: Call,
  type: ArgSpec['type'],
  expected: Expectation,
  options: AnyOptions | undefined,
  empty: unknown,
  choices: readonly string[] | undefined,
): Arg<T> {
  const good = checkedOptions<AnyOptions>(call, `${call.builder}()`, options, {
    description: text,
    positional: flag,
    default: expected,
  })
  const kept: KeptArg = {
    [brand]: 'arg',
    type,
    description: good.description,
    positional: good.positional ?? false,
    choices,
    default: good.default ?? empty,
  }
  // the type of the value is known to the compiler only
  return kept as unknown as Arg<T>
}

/** Whether `arg` made it. */
export function isKeptArg(value: unknown): value is KeptArg {
  return typeof value === 'object' && value !== null && (value as Partial<KeptArg>)[brand] === 'arg'
}
