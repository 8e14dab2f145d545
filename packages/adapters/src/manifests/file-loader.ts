import type { Files, ManifestLoad } from '@tiltts/runtime/ports'
import type { ConfigRead, Diagnostic, FileSource } from '@tiltts/spec'
import { type FilePattern, filePattern } from './file-pattern.js'
import { isCode } from './system-error.js'
import type { TextReader } from './text-reader.js'

interface FileLoaderParts {
  readonly files: Files
  readonly read: TextReader
}

/** Loads a file, or all files that match a pattern, sorted. */
export function fileLoader({
  files,
  read,
}: FileLoaderParts): (source: FileSource, signal: AbortSignal) => Promise<ManifestLoad> {
  const loadFile = async (path: string, signal: AbortSignal): Promise<ManifestLoad> => {
    const reads: readonly ConfigRead[] = [{ path, kind: 'file' }]
    let text: string | undefined
    try {
      text = await files.readText(path)
    } catch (error) {
      const problem = isCode(error, 'EISDIR')
        ? unread(`${path} is a folder, and k8sYaml takes files`, `Name what is in it: ${path}/*.yaml`)
        : unread(`${path} could not be read: ${error instanceof Error ? error.message : String(error)}`)
      return { documents: [], diagnostics: [problem], reads }
    }
    if (text === undefined) return { documents: [], diagnostics: [unread(`there is no file ${path}`)], reads }
    return { ...(await read({ text, name: path, file: path }, signal)), reads }
  }

  const loadMatching = async (path: string, pattern: FilePattern, signal: AbortSignal): Promise<ManifestLoad> => {
    const { base, depth } = pattern
    const entries = await files.tree({
      paths: [base],
      ignored: (one) => !pattern.matches(one),
      prunes: (folder) => pattern.prunes(folder),
      signal,
    })
    const paths = entries
      .filter(({ kind, path: one }) => kind !== 'folder' && pattern.matches(one))
      .map((one) => one.path)
    const tree: ConfigRead = { path: base, kind: 'tree', ...(depth === 1 && { depth }) }
    if (paths.length === 0) {
      const hint =
        'Check the pattern. Files and folders whose names begin with a dot match only where the pattern has the dot'
      return { documents: [], diagnostics: [unread(`no file matches ${path}`, hint)], reads: [tree] }
    }
    const loads: ManifestLoad[] = []
    for (const one of paths.sort()) loads.push(await loadFile(one, signal))
    return {
      documents: loads.flatMap(({ documents }) => documents),
      diagnostics: loads.flatMap(({ diagnostics }) => diagnostics),
      reads: [tree, ...loads.flatMap(({ reads }) => reads)],
    }
  }

  return ({ path }, signal) => {
    // A name may have brackets in it without being a pattern.
    const pattern = files.exists(path) ? undefined : filePattern(path)
    return pattern === undefined ? loadFile(path, signal) : loadMatching(path, pattern, signal)
  }
}

function unread(message: string, hint?: string): Diagnostic {
  return { code: 'config/read-failed', severity: 'error', message, places: [], hint }
}
