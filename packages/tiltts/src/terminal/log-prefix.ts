import stringWidth from 'string-width'
import { type ByteText, byteText } from './log-bytes.js'

/** As wide as Tilt's, so that most outputs of both look alike. */
const minWidth = 13

/** What stands before the lines of each resource. */
export interface LogPrefixes {
  /** Empty for the session's own lines and those of the config. */
  of(resource: string): ByteText
  /** Makes room for the longest of these names. */
  know(names: Iterable<string>): void
}

/** Names stand right-aligned and whole; the column grows to the longest name that is known. */
export function createLogPrefixes(): LogPrefixes {
  const widths = new Map<string, number>()
  const prefixes = new Map<string, ByteText>()
  let width = minWidth

  function know(name: string): number {
    let own = widths.get(name)
    if (own === undefined) {
      own = stringWidth(name)
      widths.set(name, own)
    }
    if (own > width) {
      width = own
      prefixes.clear()
    }
    return own
  }

  return {
    of(resource) {
      if (resource === '' || resource === '(Tiltfile)') return ''
      let prefix = prefixes.get(resource)
      if (prefix === undefined) {
        const own = know(resource)
        prefix = byteText(`${' '.repeat(width - own)}${resource} │ `)
        prefixes.set(resource, prefix)
      }
      return prefix
    },
    know(names) {
      for (const name of names) know(name)
    },
  }
}
