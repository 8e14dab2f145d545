/** Cuts what a step prints into lines as a terminal would leave them. */
export interface OutputLines {
  /** The lines that are complete. */
  push(text: string): readonly string[]
  /** What stands on the last line, if it has no end. */
  end(): readonly string[]
}

/**
 * A lone carriage return begins the line anew: of a progress bar its last state is left. A line that ends with `\r\n` is
 * whole.
 */
export function outputLines(): OutputLines {
  let open = ''
  return {
    push(text) {
      const lines = (open + text).split('\n')
      open = lines.pop() ?? ''
      // A bar that is drawn for minutes is not kept.
      const fold = open.lastIndexOf('\r', open.length - 2)
      if (fold >= 0) open = open.slice(fold + 1)
      return lines.map(foldLine)
    },
    end() {
      const line = foldLine(open)
      open = ''
      return line === '' ? [] : [line]
    },
  }
}

function foldLine(line: string): string {
  const whole = line.replace(/\r+$/, '')
  const drawn = whole.slice(whole.lastIndexOf('\r') + 1)
  return drawn.trimEnd()
}
