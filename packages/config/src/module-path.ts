import { statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What an `import()` in a function shows of the file it loads. */
export interface Specifier {
  /** The path as written, when it is one and holds nothing that only run time knows. */
  readonly path: string | undefined
  /** What the file's path ends in, when part of it is put together. */
  readonly pattern: RegExp | undefined
}

/** Reads the specifier of the first `import()` in a function's source. */
export function specifierOf(load: (...args: never[]) => unknown): Specifier | undefined {
  const found = /\bimport\(\s*(?:\/\*.*?\*\/\s*)?(?:(["'])((?:\\.|(?!\1).)*)\1|`((?:\\.|[^`\\])*)`)/s.exec(String(load))
  if (found === null) return undefined
  const [, , plain, template] = found
  if (template?.includes('${') === true) return { path: undefined, pattern: endingOf(template) }
  const text = plain ?? template ?? ''
  return { path: isPath(text) ? text : undefined, pattern: undefined }
}

const isPath = (text: string): boolean => /^\.{0,2}\//.test(text) || text.startsWith('file:') || isAbsolute(text)

/** `../${name}/tilt.config.js` ends in `/tilt.config.ts` or `.js`. */
function endingOf(template: string): RegExp {
  const ending = template.slice(template.lastIndexOf('}') + 1).replace(/\.[cm]?[jt]s$/, '')
  return new RegExp(`${ending.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:\\.[cm]?[jt]sx?)?$`)
}

const configNames = ['tilt.config.ts', 'tilt.config.mts', 'tilt.config.js', 'tilt.config.mjs']
const extensions = ['.ts', '.mts', '.js', '.mjs']

/**
 * The file that a path stands for: itself, its TypeScript when it says `.js`, with an extension when it has none,
 * or the config in a folder.
 */
export function findModule(
  path: string,
  folder: string,
): { readonly file: string; readonly expected?: never } | { readonly file: undefined; readonly expected: string } {
  const exact = path.startsWith('file:') ? fileURLToPath(path) : resolve(folder, path)
  const typescript = exact.replace(/\.([cm]?)js$/, '.$1ts')
  const candidates = [
    exact,
    typescript,
    ...extensions.map((extension) => exact + extension),
    ...configNames.map((name) => join(exact, name)),
  ]
  const file = candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true)
  return file === undefined ? { file, expected: typescript } : { file }
}
