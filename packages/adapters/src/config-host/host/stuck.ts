import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Diagnostic } from '@tiltts/spec'
import type { Loader } from './loader.js'
import { fileOf, ownerOf } from './own-files.js'

const checkEveryMs = 100
/** Long enough for a loaded machine to show some sign of work. */
const checksUntilStuck = 20

/**
 * Notices that nothing in this process can ever go on: no timer, socket, file, child or command is under way,
 * and still the evaluation has not ended.
 */
export function whenStuck(busy: () => boolean): { readonly happened: Promise<void>; readonly cancel: () => void } {
  const before = countByName(process.getActiveResourcesInfo())
  let idleChecks = 0
  let cancel = (): void => {}
  const happened = new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const now = countByName(process.getActiveResourcesInfo())
      const working = busy() || [...now].some(([name, count]) => count > (before.get(name) ?? 0))
      idleChecks = working ? 0 : idleChecks + 1
      if (idleChecks === checksUntilStuck) resolve()
    }, checkEveryMs)
    timer.unref()
    cancel = () => clearInterval(timer)
  })
  return { happened, cancel }
}

function countByName(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
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
      places: [],
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
