import { excerptOf } from '@tiltts/core/errors'
import type { Diagnostic, Place } from '@tiltts/spec'
import { renderFailure } from '../render-failure.js'

/** What kustomize said is wrong, at the line of a kustomization that names what it is about. */
export function kustomizeFailure(
  stderr: string,
  exitCode: number,
  kustomizations: ReadonlyMap<string, string>,
): Diagnostic {
  const words = wordsOf(stderr.trim()) || `it ended with code ${exitCode} and said nothing`
  const place = placeNamedIn(words, kustomizations)
  return renderFailure('kustomize/failed', `kustomize build: ${words}`, place ? [place] : [])
}

/** Some builds of kubectl write an error as a line of a log, with the words as a value in quotes. */
function wordsOf(stderr: string): string {
  const quoted = /^[EF]\d{4} .* err=("(?:[^"\\]|\\.)*")$/m.exec(stderr)?.[1]
  const words = quoted === undefined ? stderr : quoted.slice(1, -1).replace(/\\(.)/g, '$1')
  return words.replace(/^(error|Error): /, '')
}

/** The first thing in quotes that stands in a kustomization: the innermost failure is told last. */
function placeNamedIn(words: string, kustomizations: ReadonlyMap<string, string>): Place | undefined {
  const named = [...words.matchAll(/['"]([^'"\s]+)['"]/g)].map(([, text = '']) => text).reverse()
  for (const text of named) {
    for (const [file, content] of kustomizations) {
      const lines = content.split(/\r?\n/)
      const index = lines.findIndex((line) => line.includes(text) && !line.trimStart().startsWith('#'))
      if (index < 0) continue
      const column = (lines[index] ?? '').indexOf(text) + 1
      return { file, line: index + 1, column, excerpt: excerptOf(lines, index + 1) }
    }
  }
  return undefined
}
