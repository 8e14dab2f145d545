/** The end of a text, at most so many bytes of UTF-8, cut between characters. */
export function lastBytes(text: string, limit: number): string {
  let bytes = 0
  let from = text.length
  while (from > 0) {
    const low = text.charCodeAt(from - 1)
    const isPair = from > 1 && low >= 0xdc00 && low <= 0xdfff && isHighSurrogate(text.charCodeAt(from - 2))
    bytes += isPair ? 4 : low < 0x80 ? 1 : low < 0x800 ? 2 : 3
    if (bytes > limit) break
    from -= isPair ? 2 : 1
  }
  return text.slice(from)
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}
