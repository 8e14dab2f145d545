/** Puts a prefix before each line of a text that comes in pieces. A prefix that changes counts from the next line on. */
export function linePrefixer(): (text: string, prefix: string) => string {
  let lineBegins = true
  return (text, prefix) => {
    const begins = lineBegins
    if (text !== '') lineBegins = text.endsWith('\n')
    if (prefix === '') return text
    const lines = text.replace(/\n(?=.)/gs, `\n${prefix}`)
    return begins && text !== '' ? prefix + lines : lines
  }
}
