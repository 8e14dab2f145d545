import type { Place } from '@tiltts/spec'
import { type Cell, cellsOf, widthOfCells } from './cells.js'
import type { Colours } from './colours.js'

/** Lines shown before and after the one that is meant. */
const context = 2

/** The lines around a place with the column marked; none when the place brought no source along. */
export function codeFrame(place: Place, colours: Colours, width: number): readonly string[] {
  const { excerpt } = place
  if (excerpt === undefined) return []
  const numbered = excerpt.lines
    .map((text, index) => ({ text, number: excerpt.firstLine + index }))
    .filter(({ number }) => Math.abs(number - place.line) <= context)
  const target = numbered.find(({ number }) => number === place.line)
  if (target === undefined) return []

  const digits = String(numbered.at(-1)?.number ?? place.line).length
  const room = Math.max(20, width - digits - '>  | '.length)
  const view = viewOf(target.text, place.column, room)
  const out: string[] = []
  for (const { text, number } of numbered) {
    const isTarget = number === place.line
    const label = String(number).padStart(digits)
    const shown = cut(isTarget ? view.cells : cellsOf(near(text, place.column, room).text), view.from, room)
    const gutter = isTarget ? `${colours.error('>')} ${label} ${colours.faint('|')}` : colours.faint(`  ${label} |`)
    out.push(`${gutter}${shown === '' ? '' : ` ${isTarget ? shown : colours.faint(shown)}`}`)
    if (isTarget) {
      out.push(`${colours.faint(`  ${' '.repeat(digits)} |`)} ${' '.repeat(view.caret)}${colours.error('^')}`)
    }
  }
  return out
}

interface View {
  readonly cells: readonly Cell[]
  /** Terminal column at which what is shown begins. */
  readonly from: number
  /** Where the caret stands in what is shown. */
  readonly caret: number
}

/** Which part of a line to show so that the column can be seen. */
function viewOf(line: string, column: number, room: number): View {
  const { text, offset } = near(line, column, room)
  const cells = cellsOf(text)
  const index = cells.findLastIndex((cell) => cell.at <= column - 1 - offset)
  const past = column - 1 - offset >= text.length
  const caret = widthOfCells(past ? cells : cells.slice(0, Math.max(0, index)))
  const fits = widthOfCells(cells) <= room || caret < Math.floor(room * 0.75)
  const from = fits ? 0 : caret - Math.floor(room / 2)
  return { cells, from, caret: caret - from }
}

/** Of a very long line, as it stands in bundled files, the neighbourhood of the column. */
function near(line: string, column: number, room: number): { readonly text: string; readonly offset: number } {
  const reach = room * 4
  const offset = Math.max(0, column - 1 - reach)
  return { text: line.slice(offset, column - 1 + reach), offset }
}

/** The cells from a terminal column on, as many as there is room for, with dots where something is left out. */
function cut(cells: readonly Cell[], from: number, room: number): string {
  const shown: Pick<Cell, 'text' | 'width'>[] = []
  let column = 0
  let used = 0
  for (const cell of cells) {
    const start = column - from
    column += cell.width
    if (column <= from) continue
    // A wide character of which only half is in view leaves that half blank.
    const piece = start < 0 ? { text: ' ', width: start + cell.width } : cell
    if (used + piece.width > room) {
      shown.splice(-1, 1, { text: '…', width: 1 })
      break
    }
    shown.push(piece)
    used += piece.width
  }
  const first = shown[0]
  if (from > 0 && first !== undefined) shown[0] = { text: '…'.padEnd(first.width), width: first.width }
  return shown
    .map((piece) => piece.text)
    .join('')
    .trimEnd()
}
