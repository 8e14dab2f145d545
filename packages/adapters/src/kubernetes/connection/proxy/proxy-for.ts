import { BlockList, isIP } from 'node:net'
import type { Entry } from '../kubeconfig.js'

/** Where calls go through on their way to a server. */
export interface ProxyRoute {
  readonly url: URL
  /** Who names it, for messages. */
  readonly named: string
}

/**
 * The proxy of the kubeconfig's cluster, else that of the environment, by the rules of kubectl: `HTTPS_PROXY` or, for a
 * server without TLS, `HTTP_PROXY`, unless `NO_PROXY` names the server or it is this machine.
 */
export function proxyFor(server: URL, cluster: Entry, env: Readonly<Record<string, string>>): ProxyRoute | undefined {
  const own = cluster['proxy-url']
  if (typeof own === 'string' && own !== '') return { url: proxyUrl(own), named: "the kubeconfig's proxy-url" }
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const value = setting(env, name)
  if (value === '' || isDirect(server, setting(env, 'NO_PROXY'))) return undefined
  return { url: proxyUrl(value), named: name }
}

function setting(env: Readonly<Record<string, string>>, name: string): string {
  return env[name] || env[name.toLowerCase()] || ''
}

/** Without a scheme it is an HTTP proxy. */
function proxyUrl(text: string): URL {
  return URL.canParse(text) && text.includes('://') ? new URL(text) : new URL(`http://${text}`)
}

function isDirect(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (host === 'localhost' || isLoopback(host)) return true
  const port = server.port || (server.protocol === 'https:' ? '443' : '80')
  return noProxy
    .toLowerCase()
    .split(',')
    .map((rule) => rule.trim())
    .some((rule) => rule !== '' && covers(rule, host, port))
}

function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** @param rule `*`, a host with all below it, `.domain` for those below alone, an address, a range; a port may follow */
function covers(rule: string, host: string, port: string): boolean {
  if (rule === '*') return true
  if (rule.includes('/')) return isIP(host) !== 0 && inRange(host, rule)
  const [, bracketed, plain = '', only] =
    /^(?:\[(.*)\]|(.*?))(?::(\d+))?$/.exec(isIP(rule) === 6 ? `[${rule}]` : rule) ?? []
  if (only !== undefined && only !== port) return false
  const name = (bracketed ?? plain).replace(/^\*(?=\.)/, '')
  if (name.startsWith('.')) return host.endsWith(name)
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`))
}

function inRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/')
  const version = isIP(network)
  if (version === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (version === 6 ? 128 : 32)) return false
  const family = version === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  list.addSubnet(network, Number(bits), family)
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}
