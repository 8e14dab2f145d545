import { join } from 'node:path'
import type { Files } from '@tiltts/runtime/ports'
import type { Diagnostic, HelmSource, Place } from '@tiltts/spec'
import { placeIn, renderFailure } from '../render-failure.js'

interface FailureParts {
  readonly files: Files
  readonly source: HelmSource
  /** The file of a template as helm names it. */
  readonly fileOf: (named: string) => string | undefined
}

/** What helm said is wrong, with the places that it names, the innermost first. */
export async function helmFailure(
  stderr: string,
  exitCode: number,
  { files, source, fileOf }: FailureParts,
): Promise<Diagnostic> {
  const words = wordsOf(stderr) || `helm ended with code ${exitCode} and said nothing`
  const places: Place[] = []
  for (const { named, line, column } of namedPlaces(words)) {
    const file =
      named === 'values.yaml' && !source.remote
        ? join(source.chart, named)
        : (fileOf(named) ?? valuesFile(named, source))
    if (file !== undefined) places.unshift(await placeIn(files, file, line, column))
  }
  return renderFailure('helm/failed', `helm template: ${words}`, places, hintOf(words, source))
}

/** Without what helm says to those who call it by hand, and without its warnings. */
function wordsOf(stderr: string): string {
  return stderr
    .split(/\r?\n/)
    .filter((line) => !/^(WARNING|walk\.go|W\d{4} |coalesce\.go|(Pulled|Digest): )|^Use --debug flag/.test(line))
    .join('\n')
    .trim()
    .replace(/^Error: /, '')
}

interface NamedPlace {
  readonly named: string
  readonly line: number
  readonly column: number
}

/** In the order in which helm names them, each once: outermost first. */
function namedPlaces(words: string): readonly NamedPlace[] {
  const found = new Map<string, NamedPlace>()
  const add = (named: string, line = '1', column = '1'): void => {
    found.set(`${named}:${line}`, { named, line: Number(line), column: Number(column) })
  }
  for (const [, named = '', line, column] of words.matchAll(/template: (\S+?\.\w+):(\d+)(?::(\d+))?:/g)) {
    add(named, line, String(Number(column ?? 0) + 1))
  }
  for (const [, named = '', line] of words.matchAll(/parse error at \((\S+?):(\d+)\)/g)) add(named, line)
  for (const [, named = ''] of words.matchAll(/YAML parse error on (\S+?): /g)) add(named)
  for (const [, named = '', line] of words.matchAll(/(?:parse|load) (\S+?\.ya?ml): .*?yaml: line (\d+)/g))
    add(named, line)
  return [...found.values()]
}

function valuesFile(named: string, { values }: HelmSource): string | undefined {
  return values.find((file) => file === named)
}

function hintOf(words: string, { chart, remote }: HelmSource): string | undefined {
  if (/missing in charts\/ directory|dependencies? .*out of sync/.test(words)) {
    return `Fetch what it needs: helm dependency build ${chart}`
  }
  const template = /YAML parse error on [^/\s]+\/(\S+?): /.exec(words)?.[1]
  if (template !== undefined && !remote) {
    return `The lines are those of what it renders. See it by: helm template ${chart} --debug --show-only ${template}`
  }
  if (/basic credential not found|: unauthorized: /.test(words)) {
    return 'Give `username` and `password`, or log in by: helm registry login'
  }
  if (/Chart\.yaml file is missing/.test(words)) return 'Name the folder that has the Chart.yaml'
  return undefined
}
