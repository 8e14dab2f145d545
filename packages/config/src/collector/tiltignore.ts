import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IgnoreRule } from '@tiltts/spec'
import type { Finding, Recorder } from './recorder.js'

/** Reads `.tiltignore` beside the main config. It is watched also while it does not exist. */
export function readTiltignore(
  recorder: Recorder,
  mainDir: string,
): { readonly rules: readonly IgnoreRule[]; readonly findings: readonly Finding[] } {
  const path = join(mainDir, '.tiltignore')
  recorder.recordRead({ path, kind: 'file' })
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { rules: [], findings: [] }
    const message = `${path} could not be read: ${(error as Error).message}`
    return { rules: [], findings: [{ code: 'config/read-failed', severity: 'error', message }] }
  }
  const patterns = ignorePatterns(text)
  return { rules: patterns.length > 0 ? [{ basePath: mainDir, patterns }] : [], findings: [] }
}

/** The patterns of a file in .dockerignore syntax: one a line, without comments and empty lines. */
export function ignorePatterns(text: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
