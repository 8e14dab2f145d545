import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogSegment, LogStore } from '@tiltts/core/logs'
import { wellKnown } from '@tiltts/spec'
import { withoutEscapes } from '../terminal/log-controls.js'
import { fileNames } from './file-names.js'

/** So much text, in UTF-16 units, waits for its file at most. */
const bufferSize = 1024 * 1024

/**
 * Writes the whole log of a session, a file for each resource; what belongs to none, the config included, goes into
 * `tiltts.log`. Files of the same names are replaced, all else in the folder is left alone.
 *
 * @param resources - each of them gets a file, also when it has logged nothing
 */
export async function writeLogFiles(
  folder: string,
  logs: Pick<LogStore, 'read'>,
  resources: readonly string[],
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const nameOf = fileNames('.log')
  const begun = new Set<string>()
  const texts = new Map<string, { text: string; unfinished: string | undefined }>()

  const write = async (file: string): Promise<void> => {
    const held = texts.get(file)
    const handle = await open(join(folder, file), begun.has(file) ? 'a' : 'w')
    try {
      begun.add(file)
      await handle.writeFile(held?.text ?? '')
    } finally {
      await handle.close()
    }
    if (held !== undefined) held.text = ''
  }
  const fileOf = (resource: string): string =>
    nameOf(resource === '' || resource === wellKnown.tiltfile ? 'tiltts' : resource)

  for (const resource of ['', ...resources]) texts.set(fileOf(resource), { text: '', unfinished: undefined })
  let size = 0
  const writeAll = async (): Promise<void> => {
    for (const [file, { text }] of texts) if (text !== '') await write(file)
    size = 0
  }
  for await (const batch of logs.read({})) {
    for (const segment of batch) {
      const file = fileOf(segment.span.resource)
      const held = texts.get(file) ?? { text: '', unfinished: undefined }
      texts.set(file, held)
      const text = textAfter(held.unfinished, segment)
      held.text += text
      held.unfinished = segment.partial ? segment.span.id : undefined
      size += text.length
    }
    if (size > bufferSize) await writeAll()
  }
  for (const held of texts.values()) if (held.unfinished !== undefined) held.text += '\n'
  for (const [file, { text }] of texts) if (text !== '' || !begun.has(file)) await write(file)
}

/** A long line comes in pieces, between which another span of the same resource may have logged. */
function textAfter(unfinished: string | undefined, { span, text, continues }: LogSegment): string {
  const goesOn = continues === true && unfinished === span.id
  return (unfinished === undefined || goesOn ? '' : '\n') + withoutEscapes(text)
}
