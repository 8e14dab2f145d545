import type { IgnoreRule } from '@tiltts/spec'
import { type IgnorePattern, ignorePattern, isMalformed } from './ignore-pattern.js'

/** What a set of ignore rules says of absolute paths with slashes. */
export interface IgnoreMatcher {
  /** Whether any of the rules excludes the path, or a folder it is in. */
  ignored(path: string): boolean
  /** Whether nothing below the folder can matter, so that nobody needs to look into it. When in doubt, no. */
  prunes(folder: string): boolean
}

/**
 * Compiles patterns in .dockerignore syntax. Each rule is judged by itself, the last of its patterns that matches
 * decides, and a path is ignored when any rule says so: a `!` re-includes only what its own rule excluded.
 * Patterns are relative to their rule's folder and match below it; `../` at the start of a pattern reaches out of it.
 * A malformed pattern is left out ({@link malformedPatterns} names them).
 * @example
 * const rules = compileIgnore([{ basePath: '/app', patterns: ['dist', '!dist/keep.txt'] }])
 * rules.ignored('/app/dist/main.js')  // true
 * rules.prunes('/app/dist')           // false: dist/keep.txt matters
 */
export function compileIgnore(rules: readonly IgnoreRule[]): IgnoreMatcher {
  const compiled = rules.map(compileRule).filter((patterns) => patterns.length > 0)
  return {
    ignored: (path) => compiled.some((patterns) => ruleIgnores(patterns, path)),
    prunes: (folder) => compiled.some((patterns) => rulePrunes(patterns, folder)),
  }
}

/** A pattern that excludes a path, as it was written, and the rule that it is of. */
export interface Ignoring {
  readonly pattern: string
  readonly rule: IgnoreRule
}

/** What excludes a path; `undefined` when nothing does. Compiles anew each time: it is for messages. */
export function ignoringRule(rules: readonly IgnoreRule[], path: string): Ignoring | undefined {
  for (const rule of rules) {
    const { basePath, patterns } = rule
    const deciding = patterns.findLast((text) => ignorePattern(text, basePath)?.matches(path))
    if (deciding !== undefined && ignorePattern(deciding, basePath)?.keeps === false) return { pattern: deciding, rule }
  }
  return undefined
}

/** As {@link ignoringRule}, the pattern alone. */
export function ignoringPattern(rules: readonly IgnoreRule[], path: string): string | undefined {
  return ignoringRule(rules, path)?.pattern
}

/** The patterns of the rules that cannot be read, as they were written. */
export function malformedPatterns(rules: readonly IgnoreRule[]): readonly string[] {
  return rules.flatMap(({ patterns }) => patterns.filter(isMalformed))
}

/** The patterns of a rule, last first, since the last one that matches decides. */
function compileRule(rule: IgnoreRule): readonly IgnorePattern[] {
  return rule.patterns
    .map((text) => ignorePattern(text, rule.basePath))
    .filter((pattern) => pattern !== undefined)
    .reverse()
}

function ruleIgnores(patterns: readonly IgnorePattern[], path: string): boolean {
  const deciding = patterns.find((pattern) => pattern.matches(path))
  return deciding !== undefined && !deciding.keeps
}

function rulePrunes(patterns: readonly IgnorePattern[], folder: string): boolean {
  for (const pattern of patterns) {
    if (pattern.keeps) {
      if (pattern.mayMatchBelow(folder)) return false
    } else if (pattern.coversBelow(folder)) {
      return true
    }
  }
  return false
}
