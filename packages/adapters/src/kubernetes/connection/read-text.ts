import type { Readable } from 'node:stream'

/** A body to its end: JSON as it is, everything else as text. */
export async function readText(
  body: Readable,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Promise<{ readonly body: unknown; readonly bytes: number }> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk as Buffer)
  const whole = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
  const text = whole.toString('utf8')
  const isJson = /\bjson\b/.test(String(headers['content-type'] ?? ''))
  return { body: isJson && text !== '' ? JSON.parse(text) : text, bytes: whole.length }
}
