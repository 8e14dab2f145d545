import type { LogSegment } from '@tiltts/core/logs'
import { type ByteText, byteText } from './log-bytes.js'
import type { LogForm } from './log-printer.js'

/** Pieces of a line are put together up to this length. */
const maxMessage = 64 * 1024 * 1024

/** Logs for programs: a JSON object on each line, always with the same keys. */
export function createJsonForm(): LogForm {
  /** Beginnings of lines that are not complete, with the segment that brought the first piece, by span. */
  const open = new Map<string, { readonly first: LogSegment; text: string }>()

  return {
    format(segment) {
      const { id } = segment.span
      const begun = open.get(id)
      if (segment.continues && begun !== undefined) {
        begun.text += segment.text
        if (segment.partial && begun.text.length < maxMessage) return ''
        open.delete(id)
        return jsonLines(begun.first, begun.text)
      }
      open.delete(id)
      const lost = begun === undefined ? '' : jsonLines(begun.first, begun.text)
      if (!segment.partial) return lost + jsonLines(segment, segment.text)
      open.set(id, { first: segment, text: segment.text })
      return lost
    },
    end() {
      const rest = [...open.values()].map(({ first, text }) => jsonLines(first, text)).join('')
      open.clear()
      return rest
    },
  }
}

function jsonLines(segment: LogSegment, text: string): ByteText {
  const { span, fields } = segment
  const json = JSON.stringify
  const time = new Date(segment.time).toISOString()
  const before = `{"time":"${time}","resource":${json(span.resource)},"level":"${segment.level}","message":`
  const ids = `"spanID":${json(span.id)},"progressID":${json(fields?.progressId ?? '')}`
  const after = `,${ids},"buildEvent":${json(fields?.buildEvent ?? '')},"source":"${span.source}"}\n`
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return byteText(lines.map((line) => before + json(line) + after).join(''))
}
