import { StringDecoder } from 'node:string_decoder'

/**
 * Finds messages of ours, `<token><message>` to the end of the line, in the output of a process and hands over the rest as text. A token that
 * comes in pieces is found, too; nothing is held back that cannot become one.
 */
export function markerScanner(
  token: string,
  onText: (text: string) => void,
  onMessage: (message: string) => void,
): (bytes: Buffer) => void {
  const decoder = new StringDecoder('utf8')
  let held = ''
  const tell = (text: string): void => {
    if (text !== '') onText(text)
  }
  return (bytes) => {
    held += decoder.write(bytes)
    for (;;) {
      const at = held.indexOf(token)
      if (at < 0) {
        const keep = overlap(held, token)
        tell(held.slice(0, held.length - keep))
        held = held.slice(held.length - keep)
        return
      }
      tell(held.slice(0, at))
      held = held.slice(at)
      const end = held.indexOf('\n')
      if (end < 0) return
      onMessage(held.slice(token.length, end))
      held = held.slice(end + 1)
    }
  }
}

/** How many characters at the end of the text are the beginning of the token. */
function overlap(text: string, token: string): number {
  for (let length = Math.min(text.length, token.length - 1); length > 0; length--) {
    if (text.endsWith(token.slice(0, length))) return length
  }
  return 0
}
