import { brand } from './handle.js'
import type { ResourceRef } from './resource-ref.js'
import type { StepContext } from './step-function.js'
import { declareUnsupported } from './unsupported.js'
import type { Env } from './values.js'

/** Material icons; the names most used complete, any other works. */
export type IconName =
  | 'bolt'
  | 'bug_report'
  | 'build'
  | 'cached'
  | 'check_circle'
  | 'cloud_upload'
  | 'database'
  | 'delete'
  | 'download'
  | 'play_arrow'
  | 'refresh'
  | 'restart_alt'
  | 'science'
  | 'search'
  | 'settings'
  | 'stop'
  | 'storage'
  | 'sync'
  | 'terminal'
  | 'upload'
  | (string & {})

/** A field that a button asks for before it runs. */
export interface Input<N extends string = string, V extends string | boolean = string | boolean> {
  readonly name: N
  readonly [brand]: V
}

export interface ButtonOptions<I extends readonly Input[] = readonly Input[]> {
  /** @default the button's name */
  readonly text?: string | undefined
  readonly iconName?: IconName | undefined
  /** SVG source, in place of `iconName`. */
  readonly iconSvg?: string | undefined
  /** @default false */
  readonly requiresConfirmation?: boolean | undefined
  readonly env?: Env | undefined
  /** @default the config's folder */
  readonly dir?: string | undefined
  /** @default false */
  readonly disabled?: boolean | undefined
  readonly inputs?: I | undefined
}

/** Values of inputs by name. */
export type InputValues<I extends readonly Input[]> = { readonly [E in I[number] as E['name']]: E[typeof brand] }

/** What a button's function is given. */
export type ButtonContext<I extends readonly Input[]> = Omit<StepContext, 'inputs'> & {
  readonly inputs: InputValues<I>
}

/** A function that a button runs. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement fits
export type ButtonFunction<I extends readonly Input[]> = (ctx: ButtonContext<I>) => void | PromiseLike<unknown>

/** What {@link cmdButton} takes: `argv` or `run`, and where the button stands. */
export type CmdButtonOptions<I extends readonly Input[] = readonly Input[]> = ButtonOptions<I> &
  ({ readonly argv: readonly string[] } | { readonly run: ButtonFunction<I> }) &
  (
    | { readonly resource: ResourceRef; readonly location?: 'resource' | 'nav' | undefined }
    | { readonly location: 'nav' }
  )

/**
 * A button that runs a command or a function, on a resource or in the navigation bar.
 * This version has no web page: it reports the call as `config/unsupported`.
 *
 * @example
 * ```ts
 * cmdButton('seed', { argv: ['make', 'seed'], resource: 'db', iconName: 'database', text: 'Seed' })
 * ```
 */
export function cmdButton<const I extends readonly Input[] = readonly []>(
  name: string,
  options: CmdButtonOptions<I>,
): void
export function cmdButton(name: string): void {
  declareUnsupported('cmdButton', name)
}

export interface TextInputOptions {
  readonly label?: string | undefined
  readonly default?: string | undefined
  readonly placeholder?: string | undefined
}

/** A line of text. */
export function textInput<const N extends string>(name: N, options: TextInputOptions = {}): Input<N, string> {
  return input(name, { kind: 'text', ...options })
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
  return input(name, { kind: 'bool', ...options })
}

/** One of several texts; the first is chosen at first. */
export function choiceInput<const N extends string, const C extends string>(
  name: N,
  choices: readonly C[],
  options: { readonly label?: string | undefined } = {},
): Input<N, C> {
  return input(name, { kind: 'choice', choices, ...options })
}

/** A fixed value. */
export function hiddenInput<const N extends string>(name: N, value: string): Input<N, string> {
  return input(name, { kind: 'hidden', value })
}

function input<N extends string, V extends string | boolean>(name: N, content: object): Input<N, V> {
  // the type of the value is known to the compiler only
  return { name, ...content, [brand]: 'input' } as unknown as Input<N, V>
}
