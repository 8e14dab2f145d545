import { excerptOf } from '@tiltts/core/errors'
import type { Files } from '@tiltts/runtime/ports'
import type { CatalogueCode, Diagnostic, Place } from '@tiltts/spec'

/** A diagnostic of a rendering that failed. */
export function renderFailure(
  code: CatalogueCode,
  message: string,
  places: readonly Place[] = [],
  hint?: string,
): Diagnostic {
  return { code, severity: 'error', message, places, hint }
}

/** A place in a file with its source around it; without, when it cannot be read. */
export async function placeIn(files: Pick<Files, 'readText'>, file: string, line: number, column = 1): Promise<Place> {
  const text = await files.readText(file).catch(() => undefined)
  const excerpt = text === undefined ? undefined : excerptOf(text.split(/\r?\n/), line)
  return { file, line, column, ...(excerpt && { excerpt }) }
}
