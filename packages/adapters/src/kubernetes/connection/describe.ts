import { systemCode } from '../../files/system-error.js'
import { ProxyError } from './proxy/proxy-error.js'

/** What an error of the network means, for people. */
export function describe(error: unknown): string {
  const chain = causesOf(error)
  const proxy = chain.find((one) => one instanceof ProxyError)
  if (proxy) return proxy.message
  const code = chain.map((one) => systemCode(one)).find((one) => one !== undefined && texts[one] !== undefined)
  if (code !== undefined) return texts[code] ?? code
  const [first] = chain
  const certificate = chain.find((one) =>
    /CERT|SELF_SIGNED|LEAF_SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/.test(systemCode(one) ?? ''),
  )
  if (certificate) return `no secure connection: ${certificate.message}; see certificate-authority in the kubeconfig`
  return first?.message || systemCode(first) || String(error)
}

function causesOf(error: unknown): Error[] {
  if (error instanceof AggregateError && error.errors.length > 0) return causesOf(error.errors[0])
  if (!(error instanceof Error)) return []
  return [error, ...causesOf(error.cause)]
}

const texts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused; is it running?',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'there is no such host',
}
