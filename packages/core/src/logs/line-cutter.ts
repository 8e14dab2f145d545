/** Text cut from a stream: whole lines, or a piece of one line that is too long to be held. */
export interface Cut {
  readonly text: string
  /** The line goes on after it. */
  readonly partial: boolean
  /** The line began before it. */
  readonly continues: boolean
}

export interface LineCutter {
  push(text: string): void
  /** Ends the open line, if there is one. */
  end(): void
}

export interface LineCutterOptions {
  /** Longest text that goes out at once; a longer line goes out in pieces. In UTF-16 units. */
  readonly maxLength: number
  /** Applied to whole lines, and to pieces that end at `safeEnd`. */
  readonly scrub: (text: string) => string
  readonly safeEnd: (text: string) => number
  readonly emit: (cut: Cut) => void
}

/** Cuts output that comes in any chunks into whole lines. `\r\n` becomes `\n`; a lone `\r` stays. */
export function createLineCutter(options: LineCutterOptions): LineCutter {
  const { maxLength, scrub, emit } = options
  let open = ''
  /** Whether pieces of the open line went out already. */
  let begun = false

  function emitLines(lines: string): void {
    let start = 0
    while (start < lines.length) {
      const end = begun ? lines.indexOf('\n', start) + 1 : blockEnd(lines, start, maxLength)
      if (end - start > maxLength) {
        while (end - start > maxLength) start += emitPiece(lines.slice(start, end))
        continue
      }
      const whole = start === 0 && end === lines.length
      emit({ text: whole ? lines : lines.slice(start, end), partial: false, continues: begun })
      begun = false
      start = end
    }
  }

  function emitClean(lines: string): void {
    emitLines(scrub(lines.includes('\r') ? lines.replace(/\r+\n/g, '\n') : lines))
  }

  /** The first part of a long text; returns its length. */
  function emitPiece(text: string): number {
    const end = pieceEnd(text, Math.min(maxLength, text.length))
    emit({ text: text.slice(0, end), partial: true, continues: begun })
    begun = true
    return end
  }

  function emitOpenPieces(): void {
    const end = pieceEnd(open, options.safeEnd(open))
    if (end < maxLength) return
    let rest = scrub(open.slice(0, end))
    open = open.slice(end)
    while (rest.length > 0) rest = rest.slice(emitPiece(rest))
  }

  return {
    push(text) {
      const end = text.lastIndexOf('\n') + 1
      if (end === 0) open += text
      else {
        const lines = open + (end === text.length ? text : text.slice(0, end))
        open = text.slice(end)
        emitClean(lines)
      }
      if (open.length > maxLength) emitOpenPieces()
    },
    end() {
      if (open === '' && !begun) return
      const line = `${open}\n`
      open = ''
      emitClean(line)
    },
  }
}

/** End of the last line that ends within the limit, or of the first line when that one is too long. */
function blockEnd(lines: string, start: number, maxLength: number): number {
  if (lines.length - start <= maxLength) return lines.length
  const last = lines.lastIndexOf('\n', start + maxLength - 1)
  return last >= start ? last + 1 : lines.indexOf('\n', start) + 1
}

/** At most `limit`, so that no character, line end or escape sequence is cut in two. */
function pieceEnd(text: string, limit: number): number {
  const sequence = text.lastIndexOf('\x1b', limit - 1)
  if (sequence > 0 && sequence > limit - 32) return sequence
  const last = text.charCodeAt(limit - 1)
  const cutsPair = last >= 0xd800 && last <= 0xdbff
  return limit > 1 && (cutsPair || last === 0x0d) ? limit - 1 : limit
}
