import { isIP } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

export interface Listening {
  /** What the server was told to listen on. */
  readonly host: string
  readonly port: number
}

export interface UrlChoice {
  /** The user's, where it may be shown: on the user's own terminal, but not in a log that is kept. */
  readonly token: string | undefined
  /** @default those of this machine */
  readonly interfaces?: () => NodeJS.Dict<NetworkInterfaceInfo[]>
}

/**
 * Where a browser finds a session. On this machine it needs nothing else. A session that others reach, too, asks them for
 * the token, so that the URL has it; where it listens on all addresses, the URL names one that others can use.
 */
export function sessionUrl({ host, port }: Listening, { token, interfaces = networkInterfaces }: UrlChoice): string {
  if (isLoopback(host)) return `http://${inUrl(host)}:${port}`
  const url = `http://${inUrl(isAnyAddress(host) ? (outerAddress(interfaces()) ?? host) : host)}:${port}`
  return token === undefined ? url : `${url}/?token=${encodeURIComponent(token)}`
}

/** Whether nobody but this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/.test(host)
}

const isAnyAddress = (host: string): boolean => host === '0.0.0.0' || host === '::'
const inUrl = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)

function outerAddress(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string | undefined {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? [])
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address
}
