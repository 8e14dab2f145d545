import type { Place } from '@tiltts/spec'

/** How many lines around a place are kept for its frame. */
const around = 2

/** Where an offset stands in a data file, with the lines around it. */
export function placeInText(file: string, text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n')
  const line = before.length
  const column = (before.at(-1)?.length ?? 0) + 1
  const firstLine = Math.max(1, line - around)
  return { file, line, column, excerpt: { firstLine, lines: text.split('\n').slice(firstLine - 1, line + around) } }
}

/** Where a message of `JSON.parse` points to; the start of the text when it does not say. */
export function offsetOfJsonError(text: string, message: string): number {
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return Number(position)
  return message.includes('end of JSON') ? text.length : 0
}
