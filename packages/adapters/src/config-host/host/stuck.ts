import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Diagnostic, Place } from '@tiltts/spec'
import { tokenize } from './hash/tokens.js'
import type { Loader } from './loader.js'
import { fileOf, ownerOf } from './own-files.js'
import { placeAt } from './places.js'
import { originalPosition } from './stack-frames.js'

/**
 * Notices that nothing in this process can ever go on: no timer, socket, file, thread or child is left that could resolve
 * what is awaited. Whatever else keeps the process alive has to be let go meanwhile.
 */
export function whenStuck(): { readonly happened: Promise<void>; readonly cancel: () => void } {
  let cancel = (): void => {}
  const happened = new Promise<void>((resolve) => {
    // The next turn keeps the process alive, until its keeper takes hold again.
    const onEmpty = (): void => void setImmediate(resolve)
    process.once('beforeExit', onEmpty)
    cancel = () => process.off('beforeExit', onEmpty)
  })
  return { happened, cancel }
}

/** Says why nothing goes on: modules that wait for each other, or else a promise. */
export function neverSettles(loader: Loader, mainPath: string): Diagnostic {
  loader.refresh()
  const circle = importCircle(loader, pathToFileURL(mainPath).href, [], new Set())
  if (circle === undefined) {
    return {
      code: 'config/never-settles',
      severity: 'error',
      message: 'The config awaits a promise that can never settle: nothing is under way that could resolve it',
      places: topLevelAwaits(loader),
      hint: 'Look for an await whose promise is resolved by nobody',
    }
  }
  return {
    code: 'config/circular-include',
    severity: 'error',
    message: `Modules wait for each other: ${circle.map((file) => basename(file)).join(' → ')}`,
    places: [],
    hint: 'Break the circle: move what both need into a third file',
  }
}

function importCircle(
  loader: Loader,
  url: string,
  above: readonly string[],
  cleared: Set<string>,
): readonly string[] | undefined {
  const file = fileOf(url)
  if (file === undefined || cleared.has(file) || ownerOf(file) !== 'project') return undefined
  const start = above.indexOf(file)
  if (start >= 0) return [...above.slice(start), file]
  for (const next of loader.imports.get(url)?.values() ?? []) {
    const circle = importCircle(loader, next, [...above, file], cleared)
    if (circle !== undefined) return circle
  }
  cleared.add(file)
  return undefined
}

/** Where the project's modules await at their top level: it is one of these, or something that one of these calls. */
function topLevelAwaits(loader: Loader): readonly Place[] {
  return [...loader.modules.values()].flatMap(({ url, file, code }) => {
    if (code === undefined) return []
    const lineStarts = [0, ...[...code.matchAll(/\n/g)].map(({ index }) => index + 1)]
    return (tokenize(code) ?? [])
      .filter(({ kind, value, depth }) => kind === 'word' && value === 'await' && depth === 0)
      .map(({ start }) => {
        const line = lineStarts.findLastIndex((at) => at <= start)
        const at = originalPosition(url, { line: line + 1, column: start - (lineStarts[line] ?? 0) + 1 })
        return placeAt(file, at.line, at.column)
      })
  })
}
