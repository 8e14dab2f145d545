/** Codes that take back what a group of codes set, by group. */
const resets: Readonly<Record<string, string>> = {
  22: 'weight',
  23: 'italic',
  24: 'underline',
  25: 'blink',
  27: 'inverse',
  28: 'hidden',
  29: 'strike',
  39: 'colour',
  49: 'ground',
  54: 'frame',
  55: 'overline',
  59: 'line colour',
}
const sets: Readonly<Record<string, string>> = {
  1: 'weight',
  2: 'weight',
  3: 'italic',
  4: 'underline',
  5: 'blink',
  6: 'blink',
  7: 'inverse',
  8: 'hidden',
  9: 'strike',
  21: 'underline',
  38: 'colour',
  48: 'ground',
  51: 'frame',
  52: 'frame',
  53: 'overline',
  58: 'line colour',
}

/** The colours that are on at some point of a text: the code that set them, by what they concern. */
export type Colours = ReadonlyMap<string, string>

/** The colours after one more sequence; `codes` is what stands between `ESC [` and `m`. */
export function withColours(colours: Colours, codes: string): Colours {
  const next = new Map(colours)
  const rest = codes.split(';')
  for (let code = rest.shift(); code !== undefined; code = rest.shift()) {
    const number = code.split(':')[0] ?? ''
    const ended = resets[number]
    const group = groupOf(number)
    if (Number(number) === 0) next.clear()
    else if (ended !== undefined) next.delete(ended)
    else if (group !== undefined) next.set(group, [code, ...rest.splice(0, operands(code, rest[0]))].join(';'))
  }
  return next
}

/** The sequence that puts these colours on where none are; empty for none. */
export function colourSequence(colours: Colours): string {
  return colours.size === 0 ? '' : `\x1b[${[...colours.values()].join(';')}m`
}

function groupOf(code: string): string | undefined {
  const number = Number(code)
  if ((number >= 30 && number <= 37) || (number >= 90 && number <= 97)) return 'colour'
  if ((number >= 40 && number <= 47) || (number >= 100 && number <= 107)) return 'ground'
  return sets[code]
}

/** How many of the following codes belong to it: `38;5;n` and `38;2;r;g;b`. */
function operands(code: string, kind: string | undefined): number {
  if (code !== '38' && code !== '48' && code !== '58') return 0
  return kind === '5' ? 2 : kind === '2' ? 4 : 0
}
