/** Looks for a pattern in the lines of a process. */
export interface LogMatcher {
  /** Takes output as it comes, in pieces. Returns whether a line matched. */
  push(text: string): boolean
  /** The last line that matched. */
  readonly match: string | undefined
}

/** A line longer than this is looked at in pieces, so that endless ones take no memory. */
const longestLine = 65_536
const escapeCode = String.fromCharCode(27)
const colours = new RegExp(`${escapeCode}\\[[0-9;]*m`, 'g')

/** @param flags those of the user's RegExp; a `g` or `y` has no meaning here */
export function logMatcher(pattern: string, flags: string): LogMatcher {
  const wanted = new RegExp(pattern, flags.replace(/[gy]/g, ''))
  let rest = ''
  let match: string | undefined

  const look = (line: string): boolean => {
    const plain = line.replace(colours, '').replace(/\r$/, '')
    if (!wanted.test(plain)) return false
    match = plain
    return true
  }

  return {
    get match() {
      return match
    },
    push(text) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > longestLine) lines.push(rest.slice(0, longestLine))
      rest = rest.slice(-longestLine)
      let found = false
      for (const line of lines) found = look(line) || found
      return found
    },
  }
}
