import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Place } from '@tiltts/spec'
import type { Call } from '../call/call.js'
import { offsetOfJsonError, placeInText } from '../data-place.js'
import { canonical } from './names.js'

/** `tilt_config.json` beside the main config: lasting values of arguments. */
export interface ArgsFile {
  readonly path: string
  readonly text: string
  /** In the order of the file. Keys whose value is `null` are left out. */
  readonly entries: readonly ArgsFileEntry[]
}

interface ArgsFileEntry {
  /** As written. */
  readonly name: string
  /** See {@link canonical}. */
  readonly key: string
  readonly value: unknown
  readonly place: Place
}

/** Reads the file; one that is not there has no entries, and is watched all the same. */
export function readArgsFile(call: Call): ArgsFile {
  const path = join(dirname(call.recorder.options.mainPath), 'tilt_config.json')
  call.recorder.recordRead({ path, kind: 'file' })
  const problem = (message: string, places: readonly Place[]): ArgsFile => {
    call.recorder.draft.findings.push({ code: 'config/read-failed', severity: 'error', message, at: call.at, places })
    return { path, text: '', entries: [] }
  }
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? { path, text: '', entries: [] } : problem(`${path} cannot be read: ${message}`, [])
  }
  if (text.trim() === '') return { path, text, entries: [] }
  let data: unknown
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const { message } = error as SyntaxError
    return problem(`${path} is not JSON: ${message}`, [placeInText(path, text, offsetOfJsonError(text, message))])
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return problem(`${path} must hold an object of arguments`, [placeInText(path, text, 0)])
  }
  const entries = Object.entries(data)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ({ name, key: canonical(name), value, place: placeOfKey(path, text, name) }))
  return { path, text, entries }
}

function placeOfKey(path: string, text: string, name: string): Place {
  const quoted = JSON.stringify(name)
  const candidates = [...text.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*:)/g)]
  return placeInText(path, text, candidates.find(([found]) => found === quoted)?.index ?? 0)
}
