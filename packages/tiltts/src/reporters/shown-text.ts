import { isAbsolute, relative, resolve, sep } from 'node:path'
import { withoutEscapes } from '../terminal/log-controls.js'

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]/g

/**
 * Output of commands as text that any file may hold: without escape sequences; other control characters, and halves of
 * characters, are replaced. Lines end with `\n`.
 */
export function plainText(text: string): string {
  return wellFormed(withoutEscapes(text)).replace(/\r\n?/g, '\n').replace(controls, '\ufffd')
}

/** At most so many UTF-16 units of a text, with a mark where something is gone. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${wellFormed(text.slice(0, most))}…`
}

const wellFormed = (text: string): string => Buffer.from(text).toString()

/** A path as reports show it: from a folder on, where it is inside, with `/`. */
export function pathFrom(folder: string, file: string): string {
  const path = relative(folder, resolve(folder, file))
  const isInside = path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)
  return (isInside ? path : file).split(sep).join('/')
}
