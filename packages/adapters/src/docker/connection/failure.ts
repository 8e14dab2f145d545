import { InfraError, isTiltError } from '@tiltts/spec'
import { systemCode } from '../../files/system-error.js'
import type { Endpoint } from './dial-target.js'

/** The status of the engine's answer that an error tells of. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof InfraError) || error.code !== 'docker/refused') return undefined
  const { details } = error
  return typeof details === 'object' && details !== null && 'status' in details ? Number(details['status']) : undefined
}

/** The engine said no. @param body the answer, mostly JSON with a `message` */
export function refused(status: number, body: unknown): InfraError {
  return new InfraError('docker/refused', 'docker', messageOf(body) ?? `the engine answered with status ${status}`, {
    retry: status >= 500,
    details: { status },
  })
}

/** Nobody, or something else, answers. */
export function unreachable(endpoint: Endpoint, why: string, cause?: unknown): InfraError {
  const from = endpoint.from ? ` (from ${endpoint.from})` : ''
  const message = `no Docker engine answers at ${endpoint.host}${from}: ${why}`
  return new InfraError('docker/unreachable', 'docker', message, { retry: true, cause })
}

/** It took the connection and is silent. */
export function tooLate(endpoint: Endpoint, ms: number): InfraError {
  return unreachable(endpoint, `it took the connection, but gave no answer within ${ms / 1000} s`)
}

/**
 * Any error of a call as an error of the engine: those of dockerode, which carry a status, and those of connections.
 * What was aborted, and errors that are ours already, stay as they are.
 */
export function asEngineError(error: unknown, endpoint: Endpoint): unknown {
  if (isTiltError(error)) return error
  if (!(error instanceof Error)) return error
  if ('statusCode' in error && typeof error.statusCode === 'number') {
    return refused(error.statusCode, 'json' in error ? error.json : undefined)
  }
  return unreachable(endpoint, describe(error, endpoint), error)
}

export function isUnreachable(error: unknown): error is InfraError {
  return error instanceof InfraError && error.code === 'docker/unreachable'
}

function describe(error: Error, endpoint: Endpoint): string {
  const first = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error
  const code = systemCode(first) ?? ''
  const path = endpoint.dial.kind === 'socket' ? endpoint.dial.path : ''
  const tcp = endpoint.dial.kind === 'tcp' ? endpoint.dial : undefined
  if (code === 'ENOENT' && path !== '') return `there is no ${path}; is Docker running?`
  if (code === 'EACCES' || code === 'EPERM') {
    const hint =
      process.platform === 'linux'
        ? '; add yourself to the group docker: sudo usermod -aG docker $USER, and log in anew'
        : ''
    return `you may not use ${path}${hint}`
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `no such host "${tcp?.host ?? ''}"`
  if (code.startsWith('HPE_')) {
    return tcp && !tcp.tls
      ? 'the answer is not HTTP; does it want TLS (DOCKER_TLS_VERIFY=1)?'
      : 'the answer is not HTTP'
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return 'no TLS there; unset DOCKER_TLS_VERIFY if there should be none'
  if (isCertificateError(code)) return `its certificate is not accepted: ${first.message}; see DOCKER_CERT_PATH`
  return texts[code] ?? (first.message || code || 'the connection failed')
}

const texts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused; is Docker running?',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
}

function isCertificateError(code: string): boolean {
  return /CERT|SELF_SIGNED|LEAF_SIGNATURE|ERR_TLS/.test(code)
}

function messageOf(body: unknown): string | undefined {
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    const text = body.toString().trim()
    return parsed(text) ?? (text || undefined)
  }
  if (typeof body !== 'object' || body === null) return undefined
  // Podman says `cause` and `message`, the second with all of the first.
  if ('message' in body && typeof body.message === 'string') return body.message.trim()
  return undefined
}

function parsed(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return messageOf(JSON.parse(text))
  } catch {
    // Text that only looks like JSON is shown as it is.
    return undefined
  }
}
