import { extname } from 'node:path'
import type { Loader, TransformFailure } from 'esbuild'
import type { SourceError } from './loader-messages.js'

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.jsx': 'jsx',
}

/**
 * Whether a source file of the project is to be run as an ES module.
 * TypeScript is one unless it is plainly written as CommonJS, so that top-level await works whatever package.json says;
 * JavaScript is one when its name, its package.json or its text says so.
 */
export function isModuleSource(file: string, source: string, context: { readonly typeModule: () => boolean }): boolean {
  const extension = extname(file)
  if (loaders[extension] === undefined) return false
  if (extension === '.mts' || extension === '.mjs') return true
  if (/^\s*export\s*=/m.test(source)) return false
  if (/^\s*(?:import\b(?!\s*\()|export\b)|\bimport\.meta\b/m.test(source)) return true
  if (extension === '.js' || extension === '.jsx') return context.typeModule()
  return !/\bmodule\.exports\b|^\s*exports\.\w|\brequire\s*\(/m.test(source)
}

let esbuild: Promise<typeof import('esbuild')> | undefined

/**
 * Turns a source file into one that Node can run, with a source map in it.
 *
 * @throws SourceErrors when it cannot be parsed.
 */
export async function transformSource(file: string, source: string, format: 'module' | 'commonjs'): Promise<string> {
  // Kept, because each import passes through the hooks.
  esbuild ??= import('esbuild')
  const { transform } = await esbuild
  try {
    const { code } = await transform(source, {
      loader: loaders[extname(file)] ?? 'ts',
      format: format === 'module' ? 'esm' : 'cjs',
      platform: 'node',
      target: `node${process.versions.node}`,
      charset: 'utf8',
      sourcemap: 'inline',
      sourcefile: file,
      logLevel: 'silent',
      tsconfigRaw: '{}',
      banner: format === 'module' ? commonJsNames(source) : '',
    })
    return code
  } catch (error) {
    if (!isTransformFailure(error)) throw error
    throw new SourceErrors(
      file,
      error.errors.map(({ text, location }) => ({
        text,
        line: location?.line ?? 1,
        column: (location?.column ?? 0) + 1,
      })),
    )
  }
}

/** A module that cannot be parsed. */
export class SourceErrors extends SyntaxError {
  readonly file: string
  readonly errors: readonly SourceError[]
  constructor(file: string, errors: readonly SourceError[]) {
    super(errors.map(({ text, line, column }) => `${file}:${line}:${column}: ${text}`).join('\n'))
    this.file = file
    this.errors = errors
  }
}

function isTransformFailure(error: unknown): error is TransformFailure {
  return error instanceof Error && Array.isArray((error as Partial<TransformFailure>).errors)
}

/** TypeScript that was written with CommonJS in mind names these without declaring them. */
function commonJsNames(source: string): string {
  const uses = (name: string): boolean =>
    new RegExp(`\\b${name}\\b`).test(source) &&
    !new RegExp(`\\b(?:const|let|var|function|import)\\b[^;=(]*\\b${name}\\b`).test(source)
  const lines: string[] = []
  if (uses('require'))
    lines.push(
      'import { createRequire as __tiltts_createRequire } from "node:module"; const require = __tiltts_createRequire(import.meta.url);',
    )
  if (uses('__dirname')) lines.push('const __dirname = import.meta.dirname;')
  if (uses('__filename')) lines.push('const __filename = import.meta.filename;')
  return lines.join(' ')
}
