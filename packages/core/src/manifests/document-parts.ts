/** A stretch of a text between two `---` lines, which can be parsed by itself. */
export interface DocumentPart {
  readonly text: string
  /** Number of its first line in the whole, counted from 1. */
  readonly firstLine: number
}

/**
 * Parts a text at its document markers: a long one can then be read in pieces, with something else in between. What has
 * only comments in it is left out.
 */
export function documentParts(text: string): readonly DocumentPart[] {
  const parts: DocumentPart[] = []
  let firstLine = 1
  let lines: string[] = []
  const end = (): void => {
    if (lines.some(hasContent)) parts.push({ text: lines.join('\n'), firstLine })
  }
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((line, index) => {
      // Directives belong to the document that follows them.
      const isStart = /^---(\s|$)/.test(line) && (lines.some(hasContent) || !lines.some(isDirective))
      if (isStart) {
        end()
        lines = []
        firstLine = index + 1
      }
      lines.push(line)
    })
  end()
  return parts
}

const isDirective = (line: string): boolean => line.startsWith('%')

const hasContent = (line: string): boolean => !(isDirective(line) || /^\s*(#|$)|^(---|\.\.\.)\s*(#.*)?$/.test(line))
