import type { Probe, ProbeAction, ProbeSpec } from '@tiltts/spec'
import { ApiError } from '../api-error.js'

/** A probe as Kubernetes writes it: times are whole seconds there, so others are rounded up. */
export function wireProbe(probe: ProbeSpec): Probe {
  const seconds = (ms: number): number => Math.ceil(ms / 1_000)
  return {
    ...wireAction(probe.action),
    initialDelaySeconds: seconds(probe.initialDelayMs),
    timeoutSeconds: seconds(probe.timeoutMs),
    periodSeconds: seconds(probe.periodMs),
    successThreshold: probe.successThreshold,
    failureThreshold: probe.failureThreshold,
  }
}

function wireAction(action: ProbeAction): Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'log' | 'check'> {
  switch (action.kind) {
    case 'exec':
      return { exec: { command: action.command.argv } }
    case 'tcp':
      return { tcpSocket: { port: action.port, host: action.host } }
    case 'http': {
      const { path, port, host, scheme, headers } = action
      const httpHeaders = Object.entries(headers).map(([name, value]) => ({ name, value }))
      const more = httpHeaders.length === 0 ? {} : { httpHeaders }
      return { httpGet: { path, port, host, scheme: scheme === 'https' ? 'HTTPS' : 'HTTP', ...more } }
    }
    case 'log':
      return { log: { pattern: action.pattern, flags: action.flags } }
    case 'check':
      return { check: action.fn }
  }
}

/** The probe that a client means, with the defaults of Kubernetes. Throws an ApiError 422. */
export function keptProbe(probe: Probe): ProbeSpec {
  const ms = (seconds: number | undefined, otherwise: number): number => (seconds ?? otherwise) * 1_000
  return {
    action: keptAction(probe),
    initialDelayMs: ms(probe.initialDelaySeconds, 0),
    timeoutMs: ms(probe.timeoutSeconds || undefined, 1),
    periodMs: ms(probe.periodSeconds || undefined, 10),
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
  }
}

function keptAction({ exec, httpGet, tcpSocket, log }: Probe): ProbeAction {
  const wrong = (message: string): ApiError => new ApiError(422, 'Invalid', `spec.readinessProbe: ${message}`)
  const given = [exec, httpGet, tcpSocket, log].filter((action) => action !== undefined)
  if (given.length !== 1) throw wrong('exactly one of exec, httpGet, tcpSocket and log must be given')
  if (exec !== undefined) {
    if (exec.command.length === 0) throw wrong('exec.command may not be empty')
    return { kind: 'exec', command: { argv: exec.command, display: exec.command.join(' ') } }
  }
  if (tcpSocket !== undefined) return { kind: 'tcp', port: tcpSocket.port, host: tcpSocket.host || 'localhost' }
  if (log !== undefined) return { kind: 'log', pattern: log.pattern, flags: log.flags ?? '' }
  const { path = '/', port = 0, host, scheme = 'HTTP', httpHeaders = [] } = httpGet ?? {}
  return {
    kind: 'http',
    path,
    port,
    host: host || 'localhost',
    scheme: scheme.toLowerCase() === 'https' ? 'https' : 'http',
    headers: Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value])),
  }
}
