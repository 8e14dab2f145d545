import { type CmdSpec, navLocation, resourceLocation, type UIButtonSpec } from '@tiltts/spec'
import { type Call, declaring } from '../call/call.js'
import { checkedOptions, type Expectations } from '../call/expect.js'
import { environment, flag, oneOf, text } from '../call/expectations.js'
import { envOf } from '../call/lists.js'
import type { Declaration } from '../collector/recorder.js'
import { freeFunctionId, keepCommand, processCommand } from '../command.js'
import { nameOf, type ResourceRef } from '../resource-ref.js'
import type { StepContext } from '../step-function.js'
import type { Env } from '../values.js'
import { declareObject } from './declare-object.js'
import { inputList } from './expectations.js'
import { type Input, type InputValues, inputSpec } from './inputs.js'

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
  /** What it asks for. A command has them as environment, a function as `inputs`. */
  readonly inputs?: I | undefined
}

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

/** All options at once, as a call may bring them. */
interface AnyOptions extends ButtonOptions {
  readonly argv?: readonly string[] | undefined
  readonly run?: ButtonFunction<readonly Input[]> | undefined
  readonly resource?: ResourceRef | undefined
  readonly location?: 'resource' | 'nav' | undefined
}

const expectations: Expectations<AnyOptions> = {
  text,
  iconName: text,
  iconSvg: text,
  requiresConfirmation: flag,
  env: environment,
  dir: text,
  disabled: flag,
  inputs: inputList,
  argv: { expected: 'a list of strings, of which the first is not empty', fits: isArgv },
  run: { expected: 'a function', fits: (value) => typeof value === 'function' },
  // nameOf complains more exactly
  resource: { expected: 'a resource', fits: () => true },
  location: oneOf('resource', 'nav'),
}

function isArgv(value: unknown): boolean {
  return Array.isArray(value) && processCommand.fits(value)
}

/**
 * A button that runs a command or a function, on a resource or in the navigation bar. A click while it runs stops that run
 * and starts another. Its output is in the log of the resource; without one, in that of the config.
 *
 * It is the UIButton `name` and the Cmd `btn-<name>` of the API, so anything that can click a button can run it.
 *
 * Errors are recorded and shown with all others: a name that cannot be one, an unknown or wrong option, neither or both of
 * `argv` and `run`, a place on no resource.
 *
 * @example
 * ```ts
 * cmdButton('seed', { argv: ['make', 'seed'], resource: 'db', iconName: 'database', text: 'Seed' })
 * cmdButton('migrate', {
 *   resource: 'db',
 *   inputs: [choiceInput('direction', ['up', 'down'])],
 *   run: async ({ exec, inputs }) => { await exec(['make', `migrate-${inputs.direction}`]) },
 * })
 * ```
 */
export function cmdButton<const I extends readonly Input[] = readonly []>(
  name: string,
  options: CmdButtonOptions<I>,
): void {
  const call = declaring('cmdButton')
  const subject = `cmdButton('${name}')`
  const good = checkedOptions<AnyOptions>(call, subject, options as unknown as AnyOptions, expectations)
  const cmd = keepCmd(call, subject, name, options as unknown as AnyOptions, good)
  const resource = good.resource === undefined ? undefined : nameOf(call, `${subject}: \`resource\``, good.resource)
  const { location = 'resource' } = good
  if (location === 'resource' && good.resource === undefined)
    call.error('config/invalid-option', `${subject} has no place`, "Give it a resource, or say location: 'nav'")
  const owner = resource === undefined ? {} : { resource }
  const { iconName, iconSvg: iconSVG, requiresConfirmation, disabled, inputs = [] } = good
  const button: UIButtonSpec = {
    location: location === 'nav' || resource === undefined ? navLocation : resourceLocation(resource),
    text: good.text ?? name,
    iconName,
    iconSVG,
    requiresConfirmation,
    disabled,
    inputs: inputs.map(inputSpec),
  }
  declareObject(call, { kind: 'UIButton', name, spec: () => ({ ...button }), ...owner })
  if (cmd !== undefined) declareObject(call, { kind: 'Cmd', name: `btn-${name}`, spec: cmd, ...owner })
}

/** What the button runs. @param given Tells what is absent from what was wrong and is reported already. */
function keepCmd(
  call: Call,
  subject: string,
  name: string,
  given: AnyOptions | undefined,
  { argv, run, dir = '.', env }: Partial<AnyOptions>,
): Declaration<Readonly<Record<string, unknown>>> | undefined {
  if ((given?.argv === undefined) === (given?.run === undefined)) {
    const what = given?.argv === undefined ? 'neither argv nor run' : 'both argv and run'
    call.error('config/invalid-option', `${subject} has ${what}`, 'Give it one of them')
  }
  const command = argv ?? run
  if (command === undefined) return undefined
  const base: Pick<CmdSpec, 'dir' | 'env' | 'startOn'> = {
    dir: call.path(dir),
    env: Object.entries(envOf(env)).map(([variable, value]) => `${variable}=${value}`),
    startOn: { uiButtons: [name] },
  }
  const kept = keepCommand(call, freeFunctionId(call, `button:${name}/run`), command as readonly string[])
  return (finish) => {
    const spec = kept(finish)
    return 'fn' in spec ? { ...base, args: [spec.display], function: spec.fn } : { ...base, args: spec.argv }
  }
}
