/** What went wrong with a connection, for people. */
export function describeFailure(error: Error, host: string): string {
  // Several addresses were tried: they mostly fail alike, and the first is the one that people know.
  const first = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error
  const code = 'code' in first ? String(first.code) : ''
  if (code.startsWith('HPE_')) return 'the answer is not HTTP'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `no such host "${host}"`
  return texts[code] ?? (first.message || code || 'the connection failed')
}

const texts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed before an answer came',
  EPIPE: 'the connection was closed before an answer came',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
  EPROTO: 'no TLS there: is it http instead of https?',
}
