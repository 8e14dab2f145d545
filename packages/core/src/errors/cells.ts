/** What stands together on a terminal: a letter with its accents, an emoji made of several. */
export interface Cell {
  readonly text: string
  /** Columns it takes: 0, 1 or 2. */
  readonly width: number
  /** Where it begins in the text, in UTF-16 units. */
  readonly at: number
}

const tabStop = 4
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** A line as a terminal shows it: tabs made into spaces, control characters into a dot that cannot act. */
export function cellsOf(line: string): readonly Cell[] {
  const cells: Cell[] = []
  let column = 0
  for (const { segment, index } of segmenter.segment(line)) {
    const width = segment === '\t' ? tabStop - (column % tabStop) : widthOf(segment)
    const text = segment === '\t' ? ' '.repeat(width) : /^\p{Cc}/u.test(segment) ? '·' : segment
    cells.push({ text, width, at: index })
    column += width
  }
  return cells
}

export function widthOfCells(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0)
}

function widthOf(grapheme: string): number {
  if (/^[\p{M}\p{Cf}]+$/u.test(grapheme)) return 0
  if (/\p{Emoji_Presentation}|\uFE0F/u.test(grapheme)) return 2
  return isWide(grapheme.codePointAt(0) ?? 0) ? 2 : 1
}

/** The blocks that Unicode calls wide or fullwidth: Hangul, Chinese, Japanese, and their punctuation. */
function isWide(code: number): boolean {
  return wideBlocks.some(([from, to]) => code >= from && code <= to)
}

const wideBlocks: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
]
