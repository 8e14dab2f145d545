import type { ImageBuildRequest } from '@tiltts/runtime/ports'
import type { Place } from '@tiltts/spec'

/** So many lines around a place are kept. */
const around = 3

/** A line of the Dockerfile as a place; `undefined` when its text stands in no file. */
export function placeAt(
  { dockerfile, dockerfilePath }: Pick<ImageBuildRequest, 'dockerfile' | 'dockerfilePath'>,
  line: number,
): Place | undefined {
  if (dockerfilePath === undefined) return undefined
  const lines = dockerfile.split('\n')
  const firstLine = Math.max(1, line - around)
  return {
    file: dockerfilePath,
    line,
    column: 1,
    excerpt: { firstLine, lines: lines.slice(firstLine - 1, line + around) },
  }
}

/** The line, from 1, of the instruction that a step is called after: `[build 2/5] RUN npm ci`. */
export function lineOfStep(dockerfile: string, step: string): number | undefined {
  const wanted = squeeze(step.replace(/^\[[^\]]*\]\s*/, ''))
  if (wanted === '') return undefined
  const lines = dockerfile.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const found = squeeze(instructionAt(lines, index))
    if (found === wanted || found.replace(/^\w+/, (word) => word.toUpperCase()) === wanted) return index + 1
  }
  return undefined
}

/** The instruction that begins in a line, with the lines that go on with it. */
function instructionAt(lines: readonly string[], start: number): string {
  let text = ''
  for (let index = start; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (index > start && /^\s*#/.test(line)) continue
    text += ` ${line.replace(/\\\s*$/, '')}`
    if (!/\\\s*$/.test(line)) break
  }
  return text
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
