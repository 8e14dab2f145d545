import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'

/** Cuts a text without colours to a width of columns, with `…` where something is missing. */
export function fit(text: string, columns: number): string {
  const plain = stripVTControlCharacters(text).replace(/[\t\r\n]/g, ' ')
  if (columns <= 0) return ''
  if (stringWidth(plain) <= columns) return plain
  let cut = ''
  let width = 0
  for (const character of plain) {
    width += stringWidth(character)
    if (width > columns - 1) break
    cut += character
  }
  return `${cut}…`
}

/** A text filled up with blanks to a width of columns. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)))
}
