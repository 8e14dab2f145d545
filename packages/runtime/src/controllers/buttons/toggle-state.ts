import {
  type ConfigMapStateSource,
  type ToggleButtonSpec,
  toggleAction,
  type UIButton,
  type UIButtonSpec,
} from '@tiltts/spec'

/** Whether a toggle is on, by the value of its key; one that stands for neither counts as none. */
export function toggleState(
  { defaultOn = false, stateSource: { configMap } }: ToggleButtonSpec,
  value: string | undefined,
): { readonly on: boolean; readonly error?: string } {
  if (configMap === undefined) return { on: defaultOn, error: 'it has no state source' }
  const { name, key, onValue, offValue } = configMap
  if (value === undefined) return { on: defaultOn }
  if (value === onValue || value === offValue) return { on: value === onValue }
  return {
    on: defaultOn,
    error: `the key "${key}" of the ConfigMap "${name}" is "${value}", which is neither "${onValue}" nor "${offValue}"`,
  }
}

/** The button that shows a toggle: its look in this state, and what a click does. */
export function toggleFace({ location, on: whileOn, off: whileOff }: ToggleButtonSpec, on: boolean): UIButtonSpec {
  const action = { name: toggleAction, hidden: { value: on ? 'off' : 'on' } }
  return { location, ...(on ? whileOn : whileOff), inputs: [action] }
}

/** The value that a click asks for; a client that sends no input means what the button showed. */
export function valueAsked(
  { onValue, offValue }: ConfigMapStateSource,
  { spec, status }: UIButton,
): string | undefined {
  const sent = status.inputs?.find(({ name }) => name === toggleAction)?.hidden?.value
  const action = sent ?? spec.inputs?.find(({ name }) => name === toggleAction)?.hidden?.value
  return action === 'on' ? onValue : action === 'off' ? offValue : undefined
}
