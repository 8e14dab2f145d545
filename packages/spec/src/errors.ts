import type { CatalogueCode } from './error-catalogue.js'
import type { Json } from './json.js'
import type { Place } from './place.js'

export { type CatalogueCode, errorCatalogue } from './error-catalogue.js'

/**
 * One complaint about the user's input: what happened, where, what to do.
 * Plain data: it crosses processes and stands in `Tiltfile.status`. Frames and colours are drawn at the edge.
 */
export interface Diagnostic {
  readonly code: CatalogueCode
  readonly severity: 'error' | 'warning'
  /** What happened, one or more lines, no final full stop needed. */
  readonly message: string
  /** Places in the user's files, the most telling first. */
  readonly places: readonly Place[]
  /** What to do about it. */
  readonly hint?: string | undefined
}

/** Whose turn it is: the user's, the world's, or ours. */
export type ErrorClass = 'user' | 'infra' | 'bug'

const mark: unique symbol = Symbol.for('tiltts.error') as never

/** Base of all errors of tiltts. Known by a mark rather than `instanceof`, so that two copies of the package agree. */
export class TiltError extends Error {
  readonly class: ErrorClass
  readonly code: CatalogueCode
  constructor(errorClass: ErrorClass, code: CatalogueCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'TiltError'
    this.class = errorClass
    this.code = code
    Object.defineProperty(this, mark, { value: true })
  }
}

/** The user's turn: bad input, a throw in the user's own code. */
export class UserError extends TiltError {
  readonly diagnostics: readonly Diagnostic[]
  constructor(diagnostics: readonly Diagnostic[]) {
    const first = diagnostics[0]
    super('user', first?.code ?? 'config/threw', diagnostics.map((d) => d.message).join('\n'))
    this.name = 'UserError'
    this.diagnostics = diagnostics
  }
}

/** The world's turn: a server is away, a disk is full. */
export class InfraError extends TiltError {
  /** What failed: `processes`, `files`, `docker` … */
  readonly system: string
  /** Whether trying again may help. */
  readonly retry: boolean
  readonly details: Json | undefined
  constructor(
    code: CatalogueCode,
    system: string,
    message: string,
    options: { retry?: boolean; cause?: unknown; details?: Json } = {},
  ) {
    super('infra', code, message, { cause: options.cause })
    this.name = 'InfraError'
    this.system = system
    this.retry = options.retry ?? false
    this.details = options.details
  }
}

/** Our turn: something that cannot be. */
export class BugError extends TiltError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('bug', 'tiltts/bug', message, options)
    this.name = 'BugError'
  }
}

/** Whether a value is an error of tiltts, whichever copy of the package made it. */
export function isTiltError(value: unknown): value is TiltError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[mark] === true
}
