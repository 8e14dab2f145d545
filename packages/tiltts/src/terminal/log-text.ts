import type { LogSegment } from '@tiltts/core/logs'
import { type ByteText, byteText } from './log-bytes.js'
import { createTerminalText, withoutEscapes } from './log-controls.js'
import type { LogPrefixes } from './log-prefix.js'
import type { LogForm } from './log-printer.js'
import { createProgressFilter } from './log-progress.js'

const messageLabels: Readonly<Partial<Record<LogSegment['level'], string>>> = { warn: 'WARNING: ', error: 'ERROR: ' }

/** Logs for people: a prefix before each line. `prefixes` absent: none. */
export function createTextForm(options: {
  readonly colour: boolean
  readonly prefixes: LogPrefixes | undefined
}): LogForm {
  const terminalText = createTerminalText()
  const isShown = createProgressFilter()
  /** The span whose line stands unfinished at the end of the output. */
  let unfinished: string | undefined

  return {
    format(segment) {
      if (!isShown(segment)) return ''
      const prefix = options.prefixes?.of(segment.span.resource) ?? ''
      const goesOn = segment.continues === true && unfinished === segment.span.id
      let out = unfinished === undefined || goesOn ? '' : '\n'
      if (segment.fields?.buildEvent === 'init' && !segment.continues) out += `${prefix}\n`
      if (!goesOn) out += prefix
      if (segment.own) out += messageLabels[segment.level] ?? ''
      unfinished = segment.partial ? segment.span.id : undefined
      const text = options.colour ? terminalText(segment.span.id, segment.text) : withoutEscapes(segment.text)
      return out + prefixed(byteText(text), prefix)
    },
    end() {
      if (unfinished === undefined) return ''
      unfinished = undefined
      return '\n'
    },
  }

  /** The text with the prefix before each line but the first, also where a carriage return begins the line anew. */
  function prefixed(text: ByteText, prefix: ByteText): ByteText {
    const inserted = prefix.replaceAll('$', '$$$$')
    let result = text
    if (text.includes('\r')) result = text.replace(/\r/g, `\r${options.colour ? '\x1b[K' : ''}${inserted}`)
    if (prefix === '') return result
    const last = result.length - 1
    if (!result.endsWith('\n')) return result.replace(/\n/g, `\n${inserted}`)
    return `${result.slice(0, last).replace(/\n/g, `\n${inserted}`)}\n`
  }
}
