import type { LogLevel } from '@tiltts/spec'
import { lineLevel } from './level.js'
import { countLineEnds } from './segments.js'

/** Lines that follow each other and have one level. */
export interface LevelRun {
  readonly text: string
  readonly count: number
  readonly level: LogLevel
}

const words = 'err|eror|warn|wrn|fatal|crit|panic|alert|emerg|severe|xception|raceback|fail:|"level"\\s?:\\s?[4-9]\\d'
/** Holds in every line that `lineLevel` judges higher than `info`, klog's lines left aside; in most lines it does not. */
const candidate = new RegExp(words, 'gi')
/** Apart, because in one pattern with the words it would more than double their time. */
const klogHead = /^[EWF]\d{4} /
const klogLine = /\n[EWF]\d{4} /
const candidateOrKlog = new RegExp(`${words}|(?<=^|\\n)[EWF]\\d{4} `, 'gi')

/**
 * Whole lines as runs of one level. The text is searched once for what could raise a level, and only lines that hold
 * such a thing are judged, so that ordinary output costs one pass over its bytes.
 */
export function levelRuns(text: string): readonly LevelRun[] {
  const marks = raisedLines(text)
  if (marks.length === 0) return [{ text, count: lineCount(text), level: 'info' }]
  const runs: LevelRun[] = []
  const push = (start: number, end: number, level: LogLevel): void => {
    if (start === end) return
    const piece = text.slice(start, end)
    runs.push({ text: piece, count: lineCount(piece), level })
  }
  let done = 0
  for (const mark of marks) {
    push(done, mark.start, 'info')
    push(mark.start, mark.end, mark.level)
    done = mark.end
  }
  push(done, text.length, 'info')
  return runs
}

interface Raised {
  readonly start: number
  end: number
  readonly level: LogLevel
}

/** Stretches of lines judged `warn` or `error`. */
function raisedLines(text: string): readonly Raised[] {
  const stretches: Raised[] = []
  const pattern = klogHead.test(text) || klogLine.test(text) ? candidateOrKlog : candidate
  pattern.lastIndex = 0
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const start = found.index === 0 ? 0 : text.lastIndexOf('\n', found.index - 1) + 1
    const lineEnd = text.indexOf('\n', found.index)
    const end = lineEnd < 0 ? text.length : lineEnd + 1
    pattern.lastIndex = end
    const level = lineLevel(text.slice(start, end))
    if (level !== 'info') {
      const last = stretches.at(-1)
      if (last !== undefined && last.end === start && last.level === level) last.end = end
      else stretches.push({ start, end, level })
    }
  }
  return stretches
}

/** The last line may have no end. */
function lineCount(text: string): number {
  return countLineEnds(text) + (text.endsWith('\n') ? 0 : 1)
}
