import { isLogLine, isReadingNoise } from './warnings.js'

type OnOutput = (text: string, stream: 'stdout' | 'stderr') => void

export interface ComposeOutput {
  readonly onOutput: OnOutput
  /** Hands over what has no end of line yet. */
  end(): void
}

/** Passes output on line by line, without the warnings that were told when the project was read. */
export function composeOutput(onOutput: OnOutput): ComposeOutput {
  const rest = { stdout: '', stderr: '' }
  const pass = (text: string, stream: 'stdout' | 'stderr'): void => {
    const kept = text
      .split(/(?<=\n)/)
      .filter((line) => !isReadingNoise(line) && !isCancellation(line))
      .join('')
    if (kept !== '') onOutput(kept, stream)
  }
  return {
    onOutput(text, stream) {
      const all = rest[stream] + text
      const end = all.lastIndexOf('\n') + 1
      rest[stream] = all.slice(end)
      pass(all.slice(0, end), stream)
    },
    end() {
      for (const stream of ['stdout', 'stderr'] as const) {
        pass(rest[stream], stream)
        rest[stream] = ''
      }
    },
  }
}

/** So many lines of what it said last are enough to know. */
const LAST_LINES = 5

/** The last words of Compose: what it said that is neither progress nor log. */
export function lastWords(stderr: string): string | undefined {
  const lines = stderr
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !isProgress(line) && !isLogLine(line))
  return lines.length === 0 ? undefined : lines.slice(-LAST_LINES).join('\n')
}

/** ` Container shop-api-1  Started`, `#7 DONE 0.1s`, ` api Pulling `. */
function isProgress(line: string): boolean {
  return /^ \S/.test(line) || /^#\d+ /.test(line)
}

/** What it says when it was asked to end: who asked knows. */
function isCancellation(line: string): boolean {
  return /^(context )?canceled$/.test(line.trim())
}

/** What is to be told when the words mean that no engine answered, rather than that it said no. */
export function engineAway(words: string): string | undefined {
  const at = /Cannot connect to the Docker daemon at (\S+?)\.?(?:\s|$)/i.exec(words)?.[1]
  if (at !== undefined) return `no Docker engine answers at ${at}; is Docker running?`
  const away =
    /error during connect|docker daemon is not running|failed to connect to the docker API|^(?:unexpected )?EOF$/im
  return away.test(words) ? `no Docker engine answers (Compose says: ${words.split('\n').at(-1)})` : undefined
}
