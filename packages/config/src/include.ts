import { dirname, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Call, declaring } from './call/call.js'
import { describe } from './call/expect.js'
import { runConfigFunction } from './collector/config-function.js'
import type { PendingInclude } from './collector/recorder.js'
import { runningFile, type Scope } from './collector/scope.js'
import { track } from './collector/tracked.js'
import { findModule, type Specifier, specifierOf } from './module-path.js'

/**
 * Runs another config with *its* folder as the base of relative paths, and returns what it exports.
 * A file runs once an evaluation. A plain `import` keeps the folder of the main config.
 *
 * Must be awaited; a call that nobody awaits is an error of the evaluation.
 *
 * @param load An import, whose types come along; or a path, with the type given.
 * @throws When there is no such file, when it fails, or when it includes the file that includes it.
 * @example
 * ```ts
 * const { api } = await include(() => import('./services/api/tilt.config.js'))
 * const { web } = await include<{ web: ResourceHandle }>('./services/web/tilt.config.ts')
 * ```
 */
export function include<T>(load: () => Promise<T>): Promise<T>
export function include<T = unknown>(path: string): Promise<T>
export function include(given: string | (() => Promise<unknown>)): Promise<unknown> {
  const call = declaring('include')
  return track(call.recorder, 'include', call.at, runIncluded(call, given))
}

async function runIncluded(call: Call, given: string | (() => Promise<unknown>)): Promise<unknown> {
  const { recorder } = call
  const folder = call.folder()
  const parent = recorder.scopes.getStore()
  const { file, pattern, load } = target(call, folder, given)
  const scope: Scope = { folder: file && dirname(file), file, parent, pattern }
  const pending: PendingInclude = { from: runningFile(parent, recorder.options.mainPath), scope }
  if (file !== undefined) {
    rejectCircle(call, pending.from, file)
    recorder.recordModule(file)
  }
  recorder.draft.includes.add(pending)
  try {
    return await recorder.scopes.run(scope, async () => {
      const exports = await load()
      await runConfigFunction(recorder, exports, scope.file ?? call.builder)
      return exports
    })
  } finally {
    recorder.draft.includes.delete(pending)
  }
}

/** What is to be loaded, as far as it is known beforehand. */
interface Target {
  readonly file: string | undefined
  readonly pattern: RegExp | undefined
  readonly load: () => Promise<unknown>
}

function target(call: Call, folder: string, given: string | (() => Promise<unknown>)): Target {
  if (typeof given === 'string') {
    const file = existing(call, given, folder)
    return { file, pattern: undefined, load: () => import(pathToFileURL(file).href) }
  }
  if (typeof given !== 'function') {
    throw call.failure(
      'config/invalid-option',
      `include(): expected a path or a function that imports, got ${describe(given)}`,
      "Write: await include(() => import('./services/api/tilt.config.js'))",
    )
  }
  const specifier: Specifier | undefined = specifierOf(given)
  // an import() is relative to the file it is written in, whatever the base folder is
  const writtenIn = call.recorder.placesOf(call.at)[0]?.file
  if (specifier?.path === undefined || writtenIn === undefined) {
    return { file: undefined, pattern: specifier?.pattern, load: given }
  }
  return { file: existing(call, specifier.path, dirname(writtenIn)), pattern: undefined, load: given }
}

function existing(call: Call, path: string, folder: string): string {
  const found = findModule(path, folder)
  if (found.file !== undefined) return found.file
  call.recorder.recordModule(found.expected)
  throw call.failure('config/include-failed', `include(): there is no ${path} in ${folder}`, 'Check the path')
}

/** A file that waits for itself would wait for ever. */
function rejectCircle(call: Call, from: string, file: string): void {
  const path = waitingPath(call, file, from, new Set())
  if (path === undefined) return
  const { options } = call.recorder
  const shown = [from, ...path].map((name) => relative(dirname(options.mainPath), name))
  throw call.failure('config/circular-include', `Files include each other: ${shown.join(' → ')}`)
}

/** By which files `file` waits for `goal`, both included. */
function waitingPath(call: Call, file: string, goal: string, seen: Set<string>): readonly string[] | undefined {
  if (file === goal) return [file]
  if (seen.has(file)) return undefined
  seen.add(file)
  for (const { from, scope } of call.recorder.draft.includes) {
    if (from !== file || scope.file === undefined) continue
    const rest = waitingPath(call, scope.file, goal, seen)
    if (rest !== undefined) return [file, ...rest]
  }
  return undefined
}
