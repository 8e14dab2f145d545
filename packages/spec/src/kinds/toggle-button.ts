import type { ApiObject } from './meta.js'
import { requiredFault, type SpecFault } from './spec-fault.js'
import { faceFaults, locationFaults, type UIButtonFace, type UIComponentLocation } from './ui-button.js'

/** A key of a ConfigMap, with the values that stand for on and off. */
export interface ConfigMapStateSource {
  readonly name: string
  readonly key: string
  readonly onValue: string
  readonly offValue: string
}

/** Where it stands whether a toggle is on. */
export interface StateSource {
  readonly configMap?: ConfigMapStateSource | undefined
}

/** A button that switches something on and off. It is shown as a UIButton, and flips its state source when clicked. */
export interface ToggleButtonSpec {
  readonly location: UIComponentLocation
  /** The button while it is on: a click turns it off. */
  readonly on: UIButtonFace
  /** The button while it is off: a click turns it on. */
  readonly off: UIButtonFace
  /** The state where its source says nothing. @default false */
  readonly defaultOn?: boolean | undefined
  readonly stateSource: StateSource
}

export interface ToggleButtonStatus {
  /** Why the state cannot be told. */
  readonly error?: string | undefined
}

export type ToggleButton = ApiObject<'ToggleButton', ToggleButtonSpec, ToggleButtonStatus>

/** Name of the UIButton that shows a toggle. */
export function toggleUIButtonName(toggle: string): string {
  return `toggle-${toggle}`
}

/** The hidden input of that UIButton: what a click does, `on` or `off`. */
export const toggleAction = 'action'

/** All that is wrong with a toggle. */
export function toggleButtonFaults({ location, on, off, stateSource = {} }: ToggleButtonSpec): readonly SpecFault[] {
  const { name, key, onValue, offValue } = stateSource.configMap ?? {}
  const source = 'stateSource.configMap'
  return [
    ...locationFaults(location),
    ...faceFaults(on, 'on.'),
    ...faceFaults(off, 'off.'),
    ...(stateSource.configMap === undefined
      ? [requiredFault(source, 'Must specify exactly one of the available state sources')]
      : [
          ...(name ? [] : [requiredFault(`${source}.name`)]),
          ...(key ? [] : [requiredFault(`${source}.key`)]),
          ...(onValue ? [] : [requiredFault(`${source}.onValue`)]),
          ...(offValue ? [] : [requiredFault(`${source}.offValue`)]),
        ]),
  ]
}
