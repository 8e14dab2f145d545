import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '@tiltts/spec'
import { type Call, reading } from './call/call.js'
import { checkedOptions, describe, type Expectations } from './call/expect.js'
import { flag } from './call/expectations.js'
import { offsetOfJsonError, placeInText } from './data-place.js'
import { parseYamlStream } from './yaml-parser.js'

/**
 * Reads a text file. The config is evaluated again when it changes, also when it does not exist yet.
 *
 * @param fallback Returned when there is no such file.
 * @throws When it cannot be read and there is no fallback.
 * @example
 * ```ts
 * const version = readFile('./VERSION', 'dev').trim()
 * ```
 */
export function readFile(path: string, fallback?: string): string {
  return readWith(reading('readFile'), path, fallback, (text) => text)
}

/**
 * Reads a JSON file. The config is evaluated again when it changes.
 *
 * @param fallback Returned when there is no such file.
 * @throws When it cannot be read and there is no fallback, or is not JSON; the error shows the place in the file.
 * @example
 * ```ts
 * const { version } = readJson<{ version: string }>('./package.json')
 * ```
 */
export function readJson<T = unknown>(path: string, fallback?: T): T {
  const call = reading('readJson')
  return readWith(call, path, fallback, (text, file) => {
    try {
      return JSON.parse(text.replace(/^\uFEFF/, '')) as T
    } catch (error) {
      const { message } = error as SyntaxError
      throw malformed(call, file, text, `${path} is not JSON: ${message}`, offsetOfJsonError(text, message))
    }
  })
}

/**
 * Reads a YAML file of one document, as Kubernetes reads it. The config is evaluated again when it changes.
 *
 * @param fallback Returned when there is no such file.
 * @throws When it cannot be read and there is no fallback, is not YAML, or holds several documents (see {@link readYamlStream}).
 */
export function readYaml<T = unknown>(path: string, fallback?: T): T {
  const call = reading('readYaml')
  return readWith(call, path, fallback, (text, file) => {
    const values = documents(call, path, file, text)
    if (values.length > 1) {
      const message = `${path} holds ${values.length} YAML documents, and readYaml() reads one`
      throw call.failure('config/read-failed', message, 'Use readYamlStream, which returns all of them')
    }
    return (values[0] ?? null) as T
  })
}

/**
 * Reads all documents of a YAML file; empty ones are left out. The config is evaluated again when it changes.
 *
 * @param fallback Returned when there is no such file.
 * @throws When it cannot be read and there is no fallback, or is not YAML.
 */
export function readYamlStream<T = unknown>(path: string, fallback?: readonly T[]): readonly T[] {
  const call = reading('readYamlStream')
  return readWith(call, path, fallback, (text, file) => documents(call, path, file, text) as readonly T[])
}

export interface ListDirOptions {
  /** Also what is in the folders below. @default false */
  readonly recursive?: boolean | undefined
}

const listDirExpectations: Expectations<ListDirOptions> = { recursive: flag }

/**
 * Absolute paths of the files in a folder, sorted, without folders. The config is evaluated again when one comes or goes.
 *
 * @throws When the folder cannot be read.
 * @example
 * ```ts
 * for (const file of listDir('./services', { recursive: true })) if (file.endsWith('/Dockerfile')) …
 * ```
 */
export function listDir(path: string, options?: ListDirOptions): readonly string[] {
  const call = reading('listDir')
  const { recursive = false } = checkedOptions(call, `listDir(${describe(path)})`, options, listDirExpectations)
  const folder = absolute(call, path)
  call.recorder.recordRead(recursive ? { path: folder, kind: 'tree' } : { path: folder, kind: 'tree', depth: 1 })
  try {
    return readdirSync(folder, { recursive, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
      .sort()
  } catch (error) {
    throw unreadable(call, path, error)
  }
}

/**
 * Evaluates the config again when this file changes, or anything in this folder. It need not exist yet.
 *
 * @example
 * ```ts
 * watchFile('./go.mod')
 * const { stdout } = await exec('go list ./...')
 * ```
 */
export function watchFile(path: string): void {
  const call = reading('watchFile')
  const file = absolute(call, path)
  const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true
  call.recorder.recordRead({ path: file, kind: isFile ? 'file' : 'tree' })
}

function readWith<T>(call: Call, path: string, fallback: T | undefined, decode: (text: string, file: string) => T): T {
  const file = absolute(call, path)
  call.recorder.recordRead({ path: file, kind: 'file' })
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (fallback !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return fallback
    throw unreadable(call, path, error)
  }
  return decode(text, file)
}

function absolute(call: Call, path: unknown): string {
  if (typeof path === 'string' && path !== '') return call.path(path)
  throw call.failure('config/invalid-option', `${call.builder}(): a path must be a string, but it is ${describe(path)}`)
}

function documents(call: Call, path: string, file: string, text: string): readonly unknown[] {
  const parsed = parseYamlStream(text)
  if ('values' in parsed) return parsed.values
  throw malformed(call, file, text, `${path} is not YAML: ${parsed.problem.message}`, parsed.problem.offset)
}

function unreadable(call: Call, path: string, error: unknown): UserError {
  const { code, message } = error as NodeJS.ErrnoException
  const why =
    { ENOENT: 'it does not exist', EISDIR: 'it is a folder', ENOTDIR: 'it is no folder' }[code ?? ''] ?? message
  const hint =
    code === 'ENOENT' && call.builder !== 'listDir'
      ? 'Check the path, or give a fallback as second argument'
      : undefined
  return call.failure('config/read-failed', `${call.builder}(): ${path} cannot be read: ${why}`, hint)
}

/** A file that is there but not what it should be: the error stands at its own line first, then at the call. */
function malformed(call: Call, file: string, text: string, message: string, offset: number): UserError {
  const places = [placeInText(file, text, offset)]
  const finding = { code: 'config/read-failed', severity: 'error', message, at: call.at, places } as const
  return new UserError([call.recorder.diagnosticOf(finding)])
}
