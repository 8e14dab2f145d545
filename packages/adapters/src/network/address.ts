import type { LookupFunction, TcpNetConnectOpts } from 'node:net'

/**
 * How to reach a host. `localhost` is both loopback addresses, whatever the hosts file says: many servers listen on one of
 * them only, and asking the resolver would take a thread. Of several addresses all are tried.
 */
export function reach(host: string): Pick<TcpNetConnectOpts, 'autoSelectFamily' | 'lookup'> {
  return host === 'localhost' ? { autoSelectFamily: true, lookup: loopback } : { autoSelectFamily: true }
}

const loopback: LookupFunction = (_host, options, done) => {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]
  if (options.all) done(null, addresses)
  else done(null, '127.0.0.1', 4)
}

/** Whether two host names mean the same machine. */
export function sameHost(one: string, other: string): boolean {
  return one === other || (isLoopback(one) && isLoopback(other))
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]'
}
