import type { IgnoreRule } from '@tiltts/spec'
import { escapePattern } from '../paths/ignore-file.js'
import { baseName, cleanPath, parentPath } from '../paths/posix.js'

/** The rule that takes a path away with all below it, and nothing else, whatever characters are in it. */
export function ignorePath(path: string): IgnoreRule {
  const clean = cleanPath(path)
  return { basePath: parentPath(clean), patterns: [escapePattern(baseName(clean))] }
}
