import { type Colours, colourSequence, withColours } from './log-colours.js'

const esc = '\x1b'
const sequences = [
  // A colour: its codes are caught.
  `${esc}\\[([0-9;:]*)m`,
  // A hyperlink.
  `(${esc}\\]8;[^\\x07\\x1b\\n]*(?:\\x07|${esc}\\\\))`,
  // Anything else that begins with ESC [, a string such as a window title, and the short ones.
  `${esc}\\[[0-?]*[ -/]*[@-~]`,
  `${esc}[\\]PX^_][^\\x07\\x1b\\n]*(?:\\x07|${esc}\\\\)`,
  `${esc}[ -/]*[0-OQ-WYZ\\\\\`-~]`,
].join('|')
const escapes = new RegExp(sequences, 'g')
/** What could make a terminal do something. A tab and line ends are left alone. */
const controls = '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]'
const anyControl = new RegExp(controls)
const escapesAndControls = new RegExp(`${sequences}|${controls}`, 'g')
const colourEnd = `${esc}[0m`

/** Text for an output without colours: escape sequences taken out, all else as it is. */
export function withoutEscapes(text: string): string {
  return text.includes(esc) ? text.replace(escapes, '') : text
}

/**
 * Text for a terminal. Colours and links stay; what moves the cursor, clears the screen or changes modes is taken
 * out, and other control characters are shown by their picture. Colours end with each line, so that they do not reach
 * the prefix of the next one, and go on in the next line of the same span.
 */
export function createTerminalText(): (span: string, text: string) => string {
  const open = new Map<string, Colours>()
  return (span, text) => {
    const before = open.get(span)
    if (before === undefined && !anyControl.test(text)) return text
    let colours: Colours = before ?? new Map()
    const lines = text.split('\n').map((line, index, all) => {
      if (line === '' && index === all.length - 1) return ''
      const start = colourSequence(colours)
      const clean = line.replace(escapesAndControls, (found, codes?: string, link?: string) => {
        if (codes !== undefined) colours = withColours(colours, codes)
        else if (link === undefined) return picture(found)
        return found
      })
      return start + clean + (colours.size === 0 ? '' : colourEnd)
    })
    if (colours.size === 0) open.delete(span)
    else open.set(span, colours)
    return lines.join('\n')
  }
}

function picture(found: string): string {
  if (found.length > 1) return ''
  const code = found.charCodeAt(0)
  if (code === 0x7f) return '␡'
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd'
}
