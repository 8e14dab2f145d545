import type { Place } from '@tiltts/spec'
import type { ComposeSource } from './compose-source.js'

const roots = 'services|networks|volumes|configs|secrets|include|name'
/** With a dot in it, or as what the words are about. */
const wayPattern = new RegExp(`\\b(?:${roots})\\.[^\\s:]+|^(?:${roots})(?= (?:must|should|contains))`)

/** The way to a part of a compose file that the words name: `services.api.ports`. */
export function wayIn(words: string): readonly string[] | undefined {
  const text = words.replace(/^validating \S+: /, '')
  return wayPattern.exec(text)?.[0].replace(/\.$/, '').split('.')
}

/** The source that is named at the beginning. */
export function fileIn(words: string, sources: readonly ComposeSource[]): ComposeSource | undefined {
  const path = /^validating (.+?): /.exec(words)?.[1]
  return path === undefined ? undefined : sources.find((one) => one.path === path)
}

/** Where the part stands that the words name. */
export function wayPlace(words: string, sources: readonly ComposeSource[]): Place | undefined {
  const way = wayIn(words)
  if (way === undefined) return undefined
  const named = fileIn(words, sources)
  return named?.placeOf(way) ?? placeOfWay(sources, way)
}

/** In the source that has all of the way, else in one that has a part of it. */
export function placeOfWay(sources: readonly ComposeSource[], way: readonly string[]): Place | undefined {
  for (let length = way.length; length > 0; length--) {
    const part = way.slice(0, length)
    // What comes later in the list takes the place of what was before.
    const source = sources.findLast((one) => one.has(part))
    if (source) return source.placeOf(part)
  }
  return undefined
}

/** Of a name in a list, or of the list. */
export function nameOrList(sources: readonly ComposeSource[], way: readonly string[]): Place | undefined {
  return sources.some((one) => one.has(way)) ? placeOfWay(sources, way) : placeOfWay(sources, way.slice(0, -1))
}

/** Many complaints end with the value that they are about, or have it in quotes. */
export function quotedPlace(words: string, sources: readonly ComposeSource[]): Place | undefined {
  const quoted = [...words.matchAll(/["'`]([^"'`]+)["'`]/g)].map(([, text = '']) => text)
  const last = /: (\S+)$/.exec(words)?.[1]
  for (const text of [...quoted, ...(last ? [last] : [])]) {
    const found = quotedValue(text, sources)
    if (found) return found
  }
  return undefined
}

/** Of a value, wherever it stands. */
export function quotedValue(text: string, sources: readonly ComposeSource[]): Place | undefined {
  return sources.map((source) => source.placeOfValue(text)).find((found) => found !== undefined)
}

/** When there is only one file, it is that one. */
export function onlyFile(sources: readonly ComposeSource[]): Place | undefined {
  return sources.length === 1 ? sources[0]?.placeOfLine(1) : undefined
}
