import type { KubernetesRefusal } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import { describe } from './describe.js'

/** Where the server is, for messages. */
export interface ServerName {
  readonly server: string
  readonly context: string
}

/** The server said no. @param body the answer: a Status of the API, or whatever stands between has to say */
export function refused(status: number, body: unknown, where: ServerName): InfraError {
  const refusal = refusalIn(status, body)
  const { continue: next, ...rest } = refusal
  const causes = refusal.causes.map((cause) => ({ ...cause }))
  const details = { ...rest, causes, ...(next === undefined ? {} : { continue: next }) }
  if (status === 401) {
    const message = `${where.server} (context ${where.context}) does not accept the credentials: ${refusal.message}`
    return new InfraError('kubernetes/unauthorized', 'kubernetes', message, { retry: true, details })
  }
  const code = status === 403 && isMissingRight(refusal.message) ? 'kubernetes/forbidden' : 'kubernetes/refused'
  const retry = status >= 500 || status === 429
  return new InfraError(code, 'kubernetes', refusal.message, { retry, details })
}

/** Quotas, policies and admission answer with 403, too; those are not about rights. */
function isMissingRight(message: string): boolean {
  return /\bcannot \S+ (resource|path|\S+ in API group)/.test(message) || /^forbidden\b/i.test(message.trim())
}

export function unreachable(where: ServerName, why: string, cause?: unknown): InfraError {
  const message = `the Kubernetes cluster at ${where.server} (context ${where.context}) does not answer: ${why}`
  return new InfraError('kubernetes/unreachable', 'kubernetes', message, { retry: true, cause })
}

/** What an error of the network means. */
export function networkFailure(error: unknown, where: ServerName, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason
  if (error instanceof InfraError) return error
  return unreachable(where, describe(error), error)
}

function refusalIn(status: number, body: unknown): KubernetesRefusal {
  const found = isRecord(body) ? body : {}
  const details = isRecord(found['details']) ? found['details'] : {}
  const metadata = isRecord(found['metadata']) ? found['metadata'] : {}
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isRecord) : []
  return {
    status,
    reason: text(found['reason']),
    message: text(found['message']) || plainText(body) || `the API server answered with status ${status}`,
    causes: causes.map((cause) => ({
      reason: text(cause['reason']),
      field: text(cause['field']),
      message: text(cause['message']),
    })),
    continue: text(metadata['continue']) || undefined,
  }
}

function plainText(body: unknown): string {
  return typeof body === 'string' ? body.trim().slice(0, 500) : ''
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
