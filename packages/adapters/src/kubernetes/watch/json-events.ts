const NEWLINE = 0x0a

/** Values that stand on a line each, as they come. Throws at a line that is no JSON. */
export async function* jsonEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  let pieces: Uint8Array[] = []
  for await (const chunk of body) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      pieces.push(chunk.subarray(from, end))
      from = end + 1
      const line = Buffer.concat(pieces).toString('utf8').trim()
      pieces = []
      if (line !== '') yield JSON.parse(line)
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from))
  }
}
