import { join, posix } from 'node:path'
import { compileIgnore } from '@tiltts/core/paths'
import { readLink } from '../../../files/content-hashes.js'
import { namesIn } from '../../../files/names-in.js'
import { linkStats } from '../../../files/stat.js'
import type { TreeRules } from '../../../files/walk-tree.js'

/** Which part of a context a builder asks for. All paths and patterns are relative to the context. */
export interface Wanted {
  /** Paths, the last part also with wildcards; what links among them lead to is wanted, too. */
  readonly follow: readonly string[]
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

/** What of a folder is not asked for; `undefined`: all is. */
export function unwanted(folder: string, { follow, include, exclude }: Wanted): TreeRules | undefined {
  const followed = follow.length === 0 ? [] : followLinks(folder, follow)
  const patterns = followed === undefined ? [] : [...include, ...followed]
  const rules = [
    ...(exclude.length === 0 ? [] : [{ basePath: folder, patterns: [...exclude] }]),
    ...(patterns.length === 0 ? [] : [{ basePath: folder, patterns: ['**', ...patterns.map(inverted)] }]),
  ]
  return rules.length === 0 ? undefined : compileIgnore(rules)
}

function inverted(pattern: string): string {
  return pattern.startsWith('!') ? pattern.slice(1) : `!${pattern}`
}

/** The paths and all that links on the way to them lead to; `undefined` when that is the whole folder. */
function followLinks(folder: string, paths: readonly string[]): readonly string[] | undefined {
  const found = new Set<string>()
  for (const path of paths) follow(folder, path, found)
  return found.has('.') ? undefined : [...found]
}

function follow(folder: string, path: string, found: Set<string>): void {
  // A link that leads out of the context leads to its root.
  const parts = posix
    .join('/', path)
    .split('/')
    .filter((part) => part !== '')
  let at = '.'
  for (const [index, part] of parts.entries()) {
    at = posix.join(at, part)
    const rest = parts.slice(index + 1)
    const targets = linkTargets(folder, at)
    if (targets.length === 0) continue
    // Seen before: links that lead in a circle end here.
    if (found.has(at)) return
    found.add(at)
    for (const target of targets) follow(folder, posix.join(target, ...rest), found)
    return
  }
  found.add(at)
}

/** Where the link at a path leads to; with wildcards in its last part, where all links lead to that match. */
function linkTargets(folder: string, path: string): readonly string[] {
  const name = posix.basename(path)
  if (!/[*?[]/.test(name)) return linkTarget(folder, path)
  const parent = posix.dirname(path)
  const matches = compileIgnore([{ basePath: '/', patterns: [name] }])
  return namesIn(join(folder, parent))
    .filter((other) => matches.ignored(`/${other}`))
    .flatMap((other) => linkTarget(folder, posix.join(parent, other)))
}

function linkTarget(folder: string, path: string): readonly string[] {
  const file = join(folder, path)
  if (linkStats(file)?.isSymbolicLink() !== true) return []
  const target = readLink(file)
  if (target === undefined) return []
  const whole = target.startsWith('/') ? target : posix.join('/', posix.dirname(path), target)
  return [posix.normalize(whole)]
}
