import type { ApiTime } from '../time.js'
import type { ApiObject } from './meta.js'
import { invalidFault, requiredFault, type SpecFault } from './spec-fault.js'

/** Where a button stands. */
export interface UIComponentLocation {
  /** `Resource`, or `Global` for the navigation bar; in any case of letters. */
  readonly componentType: string
  /** Name of the resource; `nav` for the navigation bar. */
  readonly componentID: string
}

export interface UITextInputSpec {
  readonly defaultValue?: string | undefined
  /** Shown while the field is empty. */
  readonly placeholder?: string | undefined
}

export interface UIBoolInputSpec {
  readonly defaultValue?: boolean | undefined
  /** What a command sees when it is on. @default 'true' */
  readonly trueString?: string | undefined
  /** What a command sees when it is off. @default 'false' */
  readonly falseString?: string | undefined
}

export interface UIChoiceInputSpec {
  /** The first is chosen at first. */
  readonly choices: readonly string[]
}

export interface UIHiddenInputSpec {
  readonly value: string
}

/** A field that a button asks for. Exactly one of `text`, `bool`, `choice` and `hidden`. */
export interface UIInputSpec {
  /** Unique among the inputs of the button. */
  readonly name: string
  readonly label?: string | undefined
  readonly text?: UITextInputSpec | undefined
  readonly bool?: UIBoolInputSpec | undefined
  readonly choice?: UIChoiceInputSpec | undefined
  /** Not shown. */
  readonly hidden?: UIHiddenInputSpec | undefined
}

/** How a button looks. */
export interface UIButtonFace {
  readonly text: string
  /** A Material icon. */
  readonly iconName?: string | undefined
  /** SVG source, in place of `iconName`. */
  readonly iconSVG?: string | undefined
  /** Whether a click must be confirmed. @default false */
  readonly requiresConfirmation?: boolean | undefined
}

export interface UIButtonSpec extends UIButtonFace {
  readonly location: UIComponentLocation
  /** Shown, but not to be clicked. @default false */
  readonly disabled?: boolean | undefined
  readonly inputs?: readonly UIInputSpec[] | undefined
}

export interface UITextInputStatus {
  readonly value: string
}

export interface UIBoolInputStatus {
  readonly value: boolean
}

/** What stood in an input at the click: the one of the four that its spec has. */
export interface UIInputStatus {
  readonly name: string
  readonly text?: UITextInputStatus | undefined
  readonly bool?: UIBoolInputStatus | undefined
  readonly choice?: UITextInputStatus | undefined
  readonly hidden?: UITextInputStatus | undefined
}

/** Written by whoever clicks. */
export interface UIButtonStatus {
  /** A later time is another click. */
  readonly lastClickedAt?: ApiTime | undefined
  readonly inputs?: readonly UIInputStatus[] | undefined
}

export type UIButton = ApiObject<'UIButton', UIButtonSpec, UIButtonStatus>

/** Location of the buttons in the navigation bar. */
export const navLocation: UIComponentLocation = { componentType: 'Global', componentID: 'nav' }

/** Location of the buttons of a resource. */
export function resourceLocation(resource: string): UIComponentLocation {
  return { componentType: 'Resource', componentID: resource }
}

/** Name of the button that ends the running update of a resource. */
export function stopBuildButtonName(resource: string): string {
  return `${resource}-stopbuild`
}

/** All that is wrong with a button. */
export function uiButtonFaults({ location, inputs = [], ...face }: UIButtonSpec): readonly SpecFault[] {
  return [...locationFaults(location), ...faceFaults(face, ''), ...inputsFaults(inputs)]
}

/** What is wrong with a location, which must name a component. */
export function locationFaults(location: UIComponentLocation | undefined): readonly SpecFault[] {
  const { componentType = '', componentID = '' } = location ?? {}
  const type = 'location.componentType'
  return [
    ...(componentType === '' ? [requiredFault(type, 'Parent component type is required')] : []),
    ...(componentType === '' || /^(resource|global)$/i.test(componentType)
      ? []
      : [invalidFault(type, componentType, 'must be Resource or Global')]),
    ...(componentID === '' ? [requiredFault('location.componentID', 'Parent component ID is required')] : []),
  ]
}

/** What is wrong with the look of a button. @param path Of the field that holds it, with a dot; empty for the spec itself. */
export function faceFaults(face: UIButtonFace | undefined, path: string): readonly SpecFault[] {
  const { text = '', iconName = '', iconSVG = '' } = face ?? {}
  const svg = `${path}iconSVG`
  return [
    ...(text ? [] : [requiredFault(`${path}text`, 'Button text cannot be empty')]),
    ...(iconSVG !== '' && iconName !== ''
      ? [invalidFault(svg, iconSVG, 'iconName and iconSVG exclude each other')]
      : []),
    ...(iconSVG === '' || iconSVG.includes('<svg') ? [] : [invalidFault(svg, iconSVG, 'it has no <svg> element')]),
  ]
}

const contents = ['text', 'bool', 'choice', 'hidden'] as const

function inputsFaults(inputs: readonly UIInputSpec[]): readonly SpecFault[] {
  const seen = new Set<string>()
  return inputs.flatMap((input, index) => {
    const field = `inputs[${index}]`
    const { name, choice } = input
    const isSecond = seen.has(name)
    seen.add(name)
    const given = contents.filter((content) => input[content] !== undefined)
    return [
      ...(name ? [] : [requiredFault(`${field}.name`)]),
      ...(isSecond
        ? [{ field: `${field}.name`, reason: 'duplicate' as const, message: `Duplicate value: "${name}"` }]
        : []),
      ...(given.length === 1
        ? []
        : [invalidFault(field, given, 'exactly one of text, bool, choice and hidden must be given')]),
      ...(choice !== undefined && !choice.choices?.length ? [requiredFault(`${field}.choice.choices`)] : []),
    ]
  })
}
