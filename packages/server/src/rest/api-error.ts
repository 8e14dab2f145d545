/** One wrong field of a body. */
export interface FieldCause {
  /** As Kubernetes writes it: `spec.args`, `spec.inputs[0].name`. */
  readonly field: string
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueDuplicate'
    | 'FieldValueNotSupported'
    | 'FieldManagerConflict'
  readonly message: string
}

/** What a refusal is about. */
export interface ErrorDetails {
  readonly name?: string | undefined
  readonly group?: string | undefined
  readonly kind?: string | undefined
  readonly causes?: readonly FieldCause[] | undefined
  readonly retryAfterSeconds?: number | undefined
}

/** A refusal, sent as a Kubernetes `Status`. */
export class ApiError extends Error {
  readonly code: number
  readonly reason: string
  readonly details: ErrorDetails | undefined
  constructor(code: number, reason: string, message: string, details?: ErrorDetails) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }

  toStatus(): object {
    const { code, reason, message, details } = this
    const about = details === undefined ? {} : { details: { group: 'tilt.dev', ...details } }
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...about, code }
  }
}

/** 404 in the words of Kubernetes, which clients match. */
export function notFound(plural: string, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${plural}.tilt.dev "${name}" not found`, { name, kind: plural })
}

/** 409: somebody else has changed the object since the client read it. */
export function conflict(plural: string, name: string): ApiError {
  const message = `Operation cannot be fulfilled on ${plural}.tilt.dev "${name}": the object has been modified; please apply your changes to the latest version and try again`
  return new ApiError(409, 'Conflict', message, { name, kind: plural })
}

/** 422 with every field that is wrong. */
export function invalid(kind: string, name: string, causes: readonly FieldCause[]): ApiError {
  const list = causes.map(({ field, message }) => `${field}: ${message}`)
  const text = list.length === 1 ? list[0] : `[${list.join(', ')}]`
  return new ApiError(422, 'Invalid', `${kind}.tilt.dev "${name}" is invalid: ${text}`, { name, kind, causes })
}
