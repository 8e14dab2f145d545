/** Colours of a diagnostic. Only what every terminal has had for decades, so that a light background works too. */
export interface Colours {
  readonly error: (text: string) => string
  readonly warning: (text: string) => string
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
  readonly place: (text: string) => string
}

const esc = String.fromCharCode(27)
const sgr = (on: string, off: string) => (text: string) => `${esc}[${on}m${text}${esc}[${off}m`
const asIs = (text: string): string => text

const on: Colours = {
  error: sgr('1;31', '22;39'),
  warning: sgr('1;33', '22;39'),
  strong: sgr('1', '22'),
  faint: sgr('2', '22'),
  place: sgr('36', '39'),
}
const off: Colours = { error: asIs, warning: asIs, strong: asIs, faint: asIs, place: asIs }

export function coloursFor(wanted: boolean): Colours {
  return wanted ? on : off
}

const anyColour = new RegExp(`${esc}\\[[0-9;:]*m`, 'g')

/** The text without colours that were in it. */
export function withoutColours(text: string): string {
  return text.replace(anyColour, '')
}
