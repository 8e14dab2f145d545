import type { UIInputSpec } from '@tiltts/spec'
import { brand } from '../handle.js'

/** A field that a button asks for before it runs. */
export interface Input<N extends string = string, V extends string | boolean = string | boolean> {
  readonly name: N
  readonly [brand]: V
}

/** Values of inputs by name. */
export type InputValues<I extends readonly Input[]> = { readonly [E in I[number] as E['name']]: E[typeof brand] }

export interface TextInputOptions {
  readonly label?: string | undefined
  readonly default?: string | undefined
  readonly placeholder?: string | undefined
}

/** A line of text. */
export function textInput<const N extends string>(name: N, options: TextInputOptions = {}): Input<N, string> {
  const { label, default: defaultValue, placeholder } = options
  return input({ name, label, text: { defaultValue, placeholder } })
}

export interface BoolInputOptions {
  readonly label?: string | undefined
  readonly default?: boolean | undefined
  /** What a command sees when it is on. @default 'true' */
  readonly trueString?: string | undefined
  /** What a command sees when it is off. @default 'false' */
  readonly falseString?: string | undefined
}

/** A switch. */
export function boolInput<const N extends string>(name: N, options: BoolInputOptions = {}): Input<N, boolean> {
  const { label, default: defaultValue, trueString, falseString } = options
  return input({ name, label, bool: { defaultValue, trueString, falseString } })
}

/** One of several texts; the first is chosen at first. */
export function choiceInput<const N extends string, const C extends string>(
  name: N,
  choices: readonly C[],
  options: { readonly label?: string | undefined } = {},
): Input<N, C> {
  return input({ name, label: options.label, choice: { choices } })
}

/** A fixed value. */
export function hiddenInput<const N extends string>(name: N, value: string): Input<N, string> {
  return input({ name, hidden: { value } })
}

/** An input as the API knows it. */
export function inputSpec(given: Input | UIInputSpec): UIInputSpec {
  // The brand is a symbol, which no spread of fields by name takes along.
  const { name, label, text, bool, choice, hidden } = given as UIInputSpec
  return { name, label, text, bool, choice, hidden }
}

function input<N extends string, V extends string | boolean>(spec: UIInputSpec): Input<N, V> {
  // the type of the value is known to the compiler only
  return { ...spec, [brand]: 'input' } as unknown as Input<N, V>
}
