import { readFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import type { IgnoreRule } from '@tiltts/spec'
import type { Call } from '../call/call.js'
import { runningFile } from '../collector/scope.js'
import { ignorePatterns } from '../collector/tiltignore.js'

/**
 * What is no input of anything: the git folder of a folder that is a repository, and the names that tiltts writes down
 * beside a config while it runs.
 */
export const standingPatterns: readonly string[] = ['.git', '**/.tiltts']

/** What never belongs to an image: the config that declares it, and {@link standingPatterns}. */
export function standingIgnores(call: Call, folders: readonly string[]): readonly IgnoreRule[] {
  // the folder has to be known before the file of an included config is
  call.folder()
  const config = runningFile(call.recorder.scopes.getStore(), call.recorder.options.mainPath)
  const standing = folders.map((basePath) => ({ basePath, patterns: standingPatterns }))
  return [{ basePath: dirname(config), patterns: [escapePattern(basename(config))] }, ...standing]
}

/** Patterns given in the config, which count from each of the folders. */
export function givenIgnores(folders: readonly string[], patterns: readonly string[]): readonly IgnoreRule[] {
  return patterns.length === 0 ? [] : folders.map((basePath) => ({ basePath, patterns }))
}

/**
 * All of a context but the paths named. They count from the context; what is outside of it is an error.
 * No paths: no rule.
 */
export function onlyRule(call: Call, subject: string, context: string, only: readonly string[]): readonly IgnoreRule[] {
  if (only.length === 0) return []
  const inside: string[] = []
  for (const path of only) {
    const below = relative(context, resolve(context, path))
    if (below === '') return []
    if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) {
      call.error(
        'config/invalid-option',
        `${subject}: '${path}' in \`only\` is outside of the context ${context}`,
        'Paths in only count from the context; a wider context holds both',
      )
    } else inside.push(`!${below.split(sep).map(escapePattern).join('/')}`)
  }
  return [{ basePath: context, patterns: ['**', ...inside] }]
}

/**
 * The rule of the first of these files that exists. Each that was looked for is read by the config, also when it is
 * missing.
 */
export function ignoreFileRule(
  call: Call,
  subject: string,
  folder: string,
  files: readonly string[],
): readonly IgnoreRule[] {
  for (const path of files) {
    const text = textIfThere(call, subject, path)
    if (text === undefined) continue
    const patterns = ignorePatterns(text)
    return patterns.length > 0 ? [{ basePath: folder, patterns }] : []
  }
  return []
}

function textIfThere(call: Call, subject: string, path: string): string | undefined {
  try {
    call.recorder.recordRead({ path, kind: 'file' })
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      call.error('config/read-failed', `${subject}: ${path} cannot be read: ${message}`)
    }
    return undefined
  }
}

/** A pattern that matches one name and nothing else. */
export function escapePattern(name: string): string {
  return name.replace(/[\\*?[\]]|^[!#]/g, '\\$&').replace(/^\s|\s$/g, '[$&]')
}
