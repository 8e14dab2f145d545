/** A refusal, sent as a Kubernetes `Status`. */
export class ApiError extends Error {
  readonly code: number
  readonly reason: string
  constructor(code: number, reason: string, message: string) {
    super(message)
    this.code = code
    this.reason = reason
  }

  toStatus(): object {
    const { code, reason, message } = this
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
  }
}

/** 404 in the words of Kubernetes, which clients match. */
export function notFound(plural: string, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${plural}.tilt.dev "${name}" not found`)
}
