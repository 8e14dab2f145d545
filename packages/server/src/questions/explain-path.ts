import { readFileSync, type Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { cleanPath } from '@tiltts/core/paths'
import { explainFile, type WhyView } from '@tiltts/core/why'
import type { FileExplanation } from '@tiltts/spec'
import { ApiError } from '../rest/api-error.js'

/** What an edit of a path would do, by what stands there now. A path where nothing is counts as a file that is about to be. */
export async function explainPath(view: WhyView, path: string): Promise<FileExplanation> {
  if (!isAbsolute(path)) throw new ApiError(400, 'BadRequest', `path must be absolute, not "${path}"`)
  const clean = cleanPath(path.replaceAll('\\', '/'))
  const state = stateOf(await statOf(clean))
  return explainFile(view, { path: clean, state }, readText)
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new ApiError(400, 'BadRequest', `${path} cannot be looked at: ${(error as Error).message}`)
  }
}

function stateOf(stats: Stats | undefined): 'file' | 'folder' | 'link' {
  if (stats?.isDirectory() === true) return 'folder'
  return stats?.isSymbolicLink() === true ? 'link' : 'file'
}

/** Ignore files are looked at for the number of a line: one that cannot be read only leaves that out. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'EACCES') return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR'
}
