import { readFileSync } from 'node:fs'
import { findSourceMap } from 'node:module'
import { pathToFileURL } from 'node:url'
import { excerptOf } from '@tiltts/core/errors'
import type { Place } from '@tiltts/spec'
import { userFrames } from './stack-frames.js'

const linesByFile = new Map<string, readonly string[]>()

/** The lines of a file as they were when it was loaded, or else as they are now. */
export function linesOf(file: string): readonly string[] {
  const known = linesByFile.get(file)
  if (known !== undefined) return known
  const lines = sourceOf(file).split(/\r?\n/)
  linesByFile.set(file, lines)
  return lines
}

function sourceOf(file: string): string {
  const loaded = findSourceMap(pathToFileURL(file).href)?.payload.sourcesContent[0]
  if (typeof loaded === 'string') return loaded
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // It is gone by now: the place is told without its text.
    return ''
  }
}

export function placeAt(file: string, line: number, column: number): Place {
  const excerpt = excerptOf(linesOf(file), line)
  return excerpt === undefined ? { file, line, column } : { file, line, column, excerpt }
}

/** Where in the user's files an error was made, innermost first. */
export function placesOf(error: Error): readonly Place[] {
  return userFrames(error).map(({ file, at }) => placeAt(file, at.line, at.column))
}
