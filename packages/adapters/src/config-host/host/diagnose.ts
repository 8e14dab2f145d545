import { type CatalogueCode, type Diagnostic, isTiltError, type Place, type UserError } from '@tiltts/spec'
import { ProcessExitError } from './guards.js'
import type { Loader } from './loader.js'
import { fileOf, ownerOf } from './own-files.js'
import { linesOf, placeAt, placesOf } from './places.js'

/** Makes a diagnostic of whatever a config or one of its functions threw. */
export type Diagnose = (thrown: unknown) => readonly Diagnostic[]

export function createDiagnose(loader: Loader): Diagnose {
  return (thrown) => {
    if (isUserError(thrown)) return thrown.diagnostics
    loader.refresh()
    const fromLoader = sourceErrors(loader) ?? importFailure(loader, thrown)
    return fromLoader ?? [threw(thrown, 'config/threw')]
  }
}

/** For a throw that has nothing to do with loading. */
export function threw(thrown: unknown, code: 'config/threw' | 'function/threw'): Diagnostic {
  if (thrown instanceof ProcessExitError) return exited(thrown, code)
  const places = thrown instanceof Error ? placesOf(thrown) : []
  return { code, severity: 'error', message: messageOf(thrown), places }
}

function exited(error: ProcessExitError, code: CatalogueCode): Diagnostic {
  const what = code === 'config/threw' ? 'The config' : 'The function'
  return {
    code: code === 'config/threw' ? 'config/process-exit' : code,
    severity: 'error',
    message: `${what} called ${error.call}`,
    places: placesOf(error),
    hint:
      code === 'config/threw' ? 'Return from the config instead, or call fail(message)' : 'Return, or throw an Error',
  }
}

/** Another copy of the package may have made it, so its class says nothing. */
export function isUserError(thrown: unknown): thrown is UserError {
  return isTiltError(thrown) && thrown.class === 'user' && Array.isArray((thrown as Partial<UserError>).diagnostics)
}

/** `TypeError: x is not a function`, with what caused it. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `A value that is no Error was thrown: ${String(thrown)}`
  const own = thrown.name === 'Error' ? thrown.message : `${thrown.name}: ${thrown.message}`
  return thrown.cause === undefined ? own : `${own}\ncaused by: ${messageOf(thrown.cause)}`
}

function sourceErrors(loader: Loader): readonly Diagnostic[] | undefined {
  if (loader.sourceErrors.size === 0) return undefined
  return [...loader.sourceErrors].flatMap(([file, errors]) =>
    errors.map(
      ({ text, line, column }): Diagnostic => ({
        code: 'config/syntax',
        severity: 'error',
        message: text,
        places: [placeAt(file, line, column)],
      }),
    ),
  )
}

function importFailure(loader: Loader, thrown: unknown): readonly Diagnostic[] | undefined {
  if (!(thrown instanceof Error)) return undefined
  const missing = loader.unresolved.find(({ message }) => message === thrown.message)
  if (missing !== undefined) {
    const { specifier, parent } = missing
    return [
      {
        code: 'config/import-failed',
        severity: 'error',
        message: `Cannot find ${isPath(specifier) ? 'module' : 'package'} '${specifier}'`,
        places: placesOfText(fileOf(parent), quoted(specifier)),
        hint: isPath(specifier) ? 'Check the path' : `Install it: npm install --save-dev ${packageOf(specifier)}`,
      },
    ]
  }
  // Node finds out when it links the modules, and tells the line of what runs in the first line of the stack.
  const link = /The requested module '([^']+)' (?:does not provide an export named|is a CommonJS module)/.exec(
    thrown.message,
  )
  if (thrown.name === 'SyntaxError' && link !== null) {
    const [, specifier = ''] = link
    const name = /export named '([^']+)'|Named export '([^']+)'/.exec(thrown.message)
    const parent = [...loader.imports].find(
      ([url, imports]) => imports.has(specifier) && importsName(fileOf(url), name?.[1] ?? name?.[2]),
    )
    return [
      {
        code: 'config/import-failed',
        severity: 'error',
        message: thrown.message,
        places: placesOfText(fileOf(parent?.[0] ?? ''), wholeWord(name?.[1] ?? name?.[2] ?? specifier)),
      },
    ]
  }
  return undefined
}

const isPath = (specifier: string): boolean => /^(?:\.{0,2}\/|file:|[A-Za-z]:)/.test(specifier)

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const quoted = (text: string): RegExp => new RegExp(`(["'\`])${escaped(text)}\\1`)
const wholeWord = (text: string): RegExp => new RegExp(`(?<![\\w$])${escaped(text)}(?![\\w$])`)

function importsName(file: string | undefined, name: string | undefined): boolean {
  if (file === undefined || ownerOf(file) !== 'project') return false
  return name === undefined || placesOfText(file, wholeWord(name)).length > 0
}

/** The first place where a text stands in a file; lines that import come first. */
function placesOfText(file: string | undefined, text: RegExp): readonly Place[] {
  if (file === undefined) return []
  const lines = linesOf(file)
  const found = lines.flatMap((line, index) => {
    const at = text.exec(line)
    return at === null
      ? []
      : [{ line: index + 1, column: at.index + 1, imports: /\b(?:import|from|require|export)\b/.test(line) }]
  })
  const best = found.find(({ imports }) => imports) ?? found[0]
  return best === undefined ? [] : [placeAt(file, best.line, best.column)]
}
