import { dirname, resolve } from 'node:path'
import { type CatalogueCode, UserError } from '@tiltts/spec'
import { installedCollector } from '../collector/install.js'
import type { Recorder } from '../collector/recorder.js'
import { folderOf } from '../collector/scope.js'

/** One call of a builder: where it was made, and how to complain about it. */
export interface Call {
  /** The builder as it is written: `localResource`. */
  readonly builder: string
  readonly recorder: Recorder
  /** Made at the call, so that its place can be worked out later. */
  readonly at: Error
  /** The folder that relative paths belong to. */
  folder(): string
  /** An absolute path. */
  path(path: string): string
  /** Records an error; evaluation goes on, so that all errors are shown at once. */
  error(code: CatalogueCode, message: string, hint?: string): void
  warning(code: CatalogueCode, message: string, hint?: string): void
  /** For what cannot go on: throw it. */
  failure(code: CatalogueCode, message: string, hint?: string): UserError
}

/**
 * Begins a call that declares something.
 *
 * @throws Error when no config is being evaluated.
 */
export function declaring(builder: string): Call {
  const call = reading(builder)
  if (!call.recorder.isOpen()) {
    throw call.failure(
      'function/threw',
      `${builder}() was called after the config had been evaluated`,
      'Declare at the top level of the config; a function that runs later cannot add to it',
    )
  }
  return call
}

/**
 * Begins a call that only looks at the world, so functions may make it later, too.
 *
 * @throws Error when no config is being evaluated.
 */
export function reading(builder: string): Call {
  const recorder = installedCollector()
  if (recorder === undefined) {
    throw new Error(
      `${builder}() works only in a config that tiltts runs. Start it with \`tiltts dev\`, or test it with @tiltts/testing.`,
    )
  }
  const at = new Error(builder)
  const mainDir = dirname(recorder.options.mainPath)
  const folder = (): string => folderOf(recorder.scopes.getStore(), mainDir, () => recorder.placesOf(at))
  const finding = (severity: 'error' | 'warning') => (code: CatalogueCode, message: string, hint?: string) => {
    const found = { code, severity, message, hint, at }
    if (recorder.isOpen()) recorder.draft.findings.push(found)
    else if (severity === 'error') throw new UserError([recorder.diagnosticOf(found)])
    else recorder.options.log(message, 'warn')
  }
  return {
    builder,
    recorder,
    at,
    folder,
    path: (path) => resolve(folder(), path),
    error: finding('error'),
    warning: finding('warning'),
    failure: (code, message, hint) =>
      new UserError([recorder.diagnosticOf({ code, severity: 'error', message, hint, at })]),
  }
}
