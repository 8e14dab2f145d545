import type { Excerpt } from '@tiltts/spec'

/** Lines above and below a place that are kept with it. */
const around = 2

/** The lines around a line, counted from 1. */
export function excerptOf(lines: readonly string[], line: number): Excerpt | undefined {
  if (line < 1 || line > lines.length) return undefined
  const first = Math.max(1, line - around)
  return { firstLine: first, lines: lines.slice(first - 1, line + around) }
}
