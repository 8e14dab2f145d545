import { dirname } from 'node:path'
import type { Place } from '@tiltts/spec'

/**
 * Where relative paths start, for everything that a call of `include` or of a bound builder runs.
 * It travels in an AsyncLocalStorage around the import, so it survives top-level await and parallel includes.
 */
export interface Scope {
  /** `undefined` until the first call in the included file shows which file it is. */
  folder: string | undefined
  /** The file that runs, when it is known. */
  file: string | undefined
  readonly parent: Scope | undefined
  /** What the file's path ends in, as far as its `import()` shows it. */
  readonly pattern: RegExp | undefined
}

/** The base folder of a call. `places` is asked only for an included file that is not known yet. */
export function folderOf(scope: Scope | undefined, mainDir: string, places: () => readonly Place[]): string {
  if (scope === undefined) return mainDir
  if (scope.folder !== undefined) return scope.folder
  const files = places().map((place) => place.file)
  const file = files.findLast((name) => scope.pattern?.test(name)) ?? files.at(-1)
  if (file === undefined) return folderOf(scope.parent, mainDir, places)
  scope.file = file
  scope.folder = dirname(file)
  return scope.folder
}

/** The file that is being run: the innermost included one, else the main config. */
export function runningFile(scope: Scope | undefined, mainPath: string): string {
  if (scope === undefined) return mainPath
  return scope.file ?? runningFile(scope.parent, mainPath)
}
