import { malformed, patternSource } from './pattern-source.js'
import { cleanPath, parentPath, relativeTo } from './posix.js'

/** One pattern of an ignore rule, ready to be asked. All paths are absolute. */
export interface IgnorePattern {
  /** Begins with `!`: what it matches is kept after all. */
  readonly keeps: boolean
  /** Whether it matches the path itself, or a folder the path is in. */
  matches(path: string): boolean
  /** Whether it surely matches everything below a folder. */
  coversBelow(folder: string): boolean
  /** Whether it might match something below a folder. Never wrong when it says no. */
  mayMatchBelow(folder: string): boolean
}

/** Whether a pattern cannot be read. */
export function isMalformed(text: string): boolean {
  const written = text.trim().replace(/^!\s*/, '')
  if (written === '') return text.trim() !== ''
  return /[[\\]/.test(written) && patternSource(cleanPath(written)) === malformed
}

/** A pattern that belongs to a folder; `undefined` when there is nothing in it, or it is malformed. */
export function ignorePattern(text: string, basePath: string): IgnorePattern | undefined {
  if (isMalformed(text)) return undefined
  const written = text.trim().replace(/^!\s*/, '')
  const { base, pattern } = anchor(written, cleanPath(basePath))
  // A rule cannot ignore the folder it stands in: `.` and `/` match nothing.
  if (pattern === '' || pattern === '.') return undefined
  const source = patternSource(pattern)
  if (source === malformed) return undefined

  const segments = pattern.split('/')
  const regex = wholeParts(source)
  // `x/*` and `x/**` match all that is below x, though not x.
  const stem = /^(.*)\\\/(?:\.\*|\[\^\/\]\*)$/s.exec(source)?.[1]
  const stemRegex = stem === undefined ? undefined : wholeParts(stem)
  const prefix = fixedSegments(segments)
  const open = prefix.length < segments.length

  return {
    keeps: text.trim().startsWith('!'),
    matches(path) {
      const relative = relativeTo(path, base)
      return relative !== undefined && relative !== '' && regex.test(relative)
    },
    coversBelow(folder) {
      const relative = relativeTo(folder, base)
      if (relative === undefined) return false
      if (pattern === '*' || pattern === '**') return true
      return relative !== '' && (regex.test(relative) || stemRegex?.test(relative) === true)
    },
    mayMatchBelow(folder) {
      const relative = relativeTo(folder, base)
      if (relative === undefined) return relativeTo(base, folder) !== undefined
      if (relative === '') return true
      const parts = relative.split('/')
      if (!open && segments.length <= parts.length) return regex.test(relative)
      return parts.every((part, index) => prefix[index]?.test(part) ?? true)
    },
  }
}

/** Matches a relative path, or a folder it is in. */
function wholeParts(source: string): RegExp {
  return new RegExp(`^(?:${source})(?:/|$)`, 'su')
}

/** The folder a pattern counts from, and the rest: `../lib/*.js` counts from one folder up. */
function anchor(written: string, basePath: string): { readonly base: string; readonly pattern: string } {
  let pattern = cleanPath(written)
  // An absolute path below the folder is meant as such; any other leading slash only anchors.
  if (pattern.startsWith('/')) {
    const inside = relativeTo(pattern, basePath)
    return { base: basePath, pattern: inside === undefined ? pattern.slice(1) : inside }
  }
  let base = basePath
  while (pattern === '..' || pattern.startsWith('../')) {
    base = parentPath(base)
    pattern = pattern.slice(3)
  }
  return { base, pattern }
}

/** The leading parts of a pattern that stand for exactly one part of a path each. */
function fixedSegments(segments: readonly string[]): readonly RegExp[] {
  const out: RegExp[] = []
  for (const segment of segments) {
    // A class can stand for a slash, also one that is written across parts of the pattern.
    if (segment.includes('**') || segment.includes('[')) break
    const source = patternSource(segment)
    if (source === malformed) break
    out.push(new RegExp(`^(?:${source})$`, 'su'))
  }
  return out
}
