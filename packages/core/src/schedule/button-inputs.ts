import type { UIButton, UIInputSpec, UIInputStatus } from '@tiltts/spec'

/** What stood in the inputs of a button at its last click. */
export interface InputValues {
  /** `NAME=value` for a command. */
  readonly env: readonly string[]
  /** For a function: a switch is a boolean, all others are texts. */
  readonly values: Readonly<Record<string, string | boolean>>
}

export const noInputs: InputValues = { env: [], values: {} }

/** The values of all inputs that a button has; what the click left out is as the input was at first. */
export function inputValues({ spec, status }: Pick<UIButton, 'spec' | 'status'>): InputValues {
  const inputs = spec.inputs ?? []
  const clicked = new Map((status.inputs ?? []).map((input) => [input.name, input]))
  const values = inputs.map((input) => [input, inputValue(input, clicked.get(input.name))] as const)
  return {
    env: values.map(([input, value]) => `${input.name}=${textOf(input, value)}`),
    values: Object.fromEntries(values.map(([{ name }, value]) => [name, value])),
  }
}

function inputValue({ text, bool, choice, hidden }: UIInputSpec, given: UIInputStatus | undefined): string | boolean {
  if (bool !== undefined) return given?.bool?.value ?? bool.defaultValue ?? false
  if (choice !== undefined) {
    const chosen = given?.choice?.value
    return chosen !== undefined && choice.choices.includes(chosen) ? chosen : (choice.choices[0] ?? '')
  }
  if (hidden !== undefined) return given?.hidden?.value ?? hidden.value
  return given?.text?.value ?? text?.defaultValue ?? ''
}

function textOf({ bool }: UIInputSpec, value: string | boolean): string {
  if (typeof value === 'string') return value
  return value ? (bool?.trueString ?? 'true') : (bool?.falseString ?? 'false')
}
