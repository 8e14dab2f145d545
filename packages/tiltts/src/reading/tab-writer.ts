/** How cells are laid out in columns. */
export interface TabLayout {
  /** Of a column, its padding included. */
  readonly minWidth: number
  readonly padding: number
  /** Whether a column stays as wide as it has been, in all that comes later. */
  readonly remember: boolean
}

/** As kubectl lays out its tables. */
export const tableLayout: TabLayout = { minWidth: 6, padding: 3, remember: true }
/** As kubectl lays out descriptions. */
export const descriptionLayout: TabLayout = { minWidth: 0, padding: 2, remember: false }

/** Lays out lines; where columns are remembered, what comes later stands below what was before. */
export interface TabWriter {
  /** Lines whose cells are separated by tabs, as text with blanks in the place of these. */
  layOut(lines: readonly string[]): string
}

/**
 * The elastic tabs of Go: a cell ends with a tab, and consecutive lines that have a cell in a column make that column as
 * wide as the widest of these. What stands behind the last tab of a line is not aligned.
 */
export function createTabWriter({ minWidth, padding, remember }: TabLayout): TabWriter {
  const remembered: number[] = []
  return {
    layOut(lines) {
      const cells = lines.map((line) => line.split('\t'))
      const out: string[] = []
      const write = (from: number, to: number, widths: readonly number[]): void => {
        for (const line of cells.slice(from, to)) out.push(line.map((cell, i) => padded(cell, widths[i])).join(''))
      }
      const format = (from: number, to: number, widths: readonly number[]): void => {
        const column = widths.length
        const hasCell = (at: number): boolean => column < (cells[at]?.length ?? 0) - 1
        let begin = from
        for (let at = from; at < to; at++) {
          if (!hasCell(at)) continue
          write(begin, at, widths)
          begin = at
          let width = Math.max(minWidth, remembered[column] ?? 0)
          for (; at < to && hasCell(at); at++) width = Math.max(width, lengthOf(cells[at]?.[column] ?? '') + padding)
          if (remember) remembered[column] = width
          format(begin, at, [...widths, width])
          begin = at
        }
        write(begin, to, widths)
      }
      format(0, cells.length, [])
      return out.map((line) => `${line}\n`).join('')
    },
  }
}

function padded(cell: string, width: number | undefined): string {
  return width === undefined ? cell : cell + ' '.repeat(Math.max(0, width - lengthOf(cell)))
}

/** In characters, as Go counts them: those of two units count once. */
function lengthOf(text: string): number {
  if (!/[\ud800-\udfff]/.test(text)) return text.length
  let length = 0
  for (const _ of text) length++
  return length
}
