import { emitKeypressEvents, type Key } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import type { Size } from './list-page.js'

const alternate = { on: '\x1b[?1049h\x1b[?25l', off: '\x1b[?25h\x1b[?1049l' }

/** The terminal as a page of lines, and its keys. */
export interface Screen {
  readonly size: () => Size
  /** Shows these lines; only those that changed are written. */
  draw(lines: readonly string[]): void
  /** Leaves the page and shows the terminal as it was; keys go on being read. */
  hide(): void
  /** Gives everything back. */
  close(): void
}

/** Takes the terminal over: an alternate page, raw keys. */
export function openScreen(
  input: ReadStream,
  output: WriteStream,
  onKey: (key: Key) => void,
  onResize: () => void,
): Screen {
  let shown: readonly string[] = []
  let visible = false
  const keypress = (_text: string | undefined, key: Key): void => onKey(key)
  const resized = (): void => {
    shown = []
    onResize()
  }
  emitKeypressEvents(input)
  input.setRawMode(true)
  input.on('keypress', keypress)
  input.resume()
  output.on('resize', resized)

  const hide = (): void => {
    if (!visible) return
    visible = false
    shown = []
    output.write(alternate.off)
  }
  return {
    size: () => ({ columns: output.columns || 80, lines: output.rows || 24 }),
    draw(lines) {
      let text = ''
      if (!visible) {
        text += alternate.on
        visible = true
        shown = []
      }
      lines.forEach((line, i) => {
        if (line !== shown[i]) text += `\x1b[${i + 1};1H${line}\x1b[0m\x1b[K`
      })
      if (shown.length > lines.length) text += `\x1b[${lines.length + 1};1H\x1b[J`
      shown = lines
      if (text !== '') output.write(text)
    },
    hide,
    close() {
      hide()
      input.off('keypress', keypress)
      output.off('resize', resized)
      input.setRawMode(false)
      input.pause()
    },
  }
}
