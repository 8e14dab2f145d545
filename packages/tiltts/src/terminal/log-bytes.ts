/**
 * A text as its UTF-8 bytes, each byte a character. The bar behind a name lies outside Latin-1, so that a text that
 * holds it takes two bytes a character, and is encoded three times slower than one like this is.
 */
export type ByteText = string

export function byteText(text: string): ByteText {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1')
}

/** The bytes of a byte text. */
export function bytesOf(text: ByteText): Uint8Array {
  return Buffer.from(text, 'latin1')
}
