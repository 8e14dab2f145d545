import { request as httpRequest, STATUS_CODES } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { describe } from '../describe.js'
import { ProxyError } from './proxy-error.js'
import { openSocks } from './socks.js'
import type { TunnelRequest } from './tunnel-request.js'

/** A connection to a server through a proxy. Rejects with an error that names the proxy. */
export async function openTunnel(request: TunnelRequest): Promise<Socket> {
  const { proxy, timeoutMs } = request
  const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(request.signal ? [request.signal] : [])])
  const bounded = { ...request, signal }
  try {
    switch (proxy.url.protocol) {
      case 'http:':
      case 'https:':
        return await openByConnect(bounded)
      case 'socks5:':
      case 'socks5h:':
        return await openSocks(bounded)
      default:
        throw new Error('only http://, https:// and socks5:// are possible')
    }
  } catch (error) {
    if (request.signal?.aborted) throw request.signal.reason
    const why = signal.aborted ? `no answer within ${timeoutMs / 1000} s` : describe(error)
    throw new ProxyError(`${proxy.named} ${shown(proxy.url)}: ${why}`, { cause: error })
  }
}

function openByConnect({ proxy, host, port, signal }: TunnelRequest): Promise<Socket> {
  const { url } = proxy
  const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const asking = send({
      method: 'CONNECT',
      protocol: url.protocol,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (url.protocol === 'https:' ? 443 : 80),
      path: target,
      headers: { host: target, ...(url.username === '' ? {} : { 'proxy-authorization': basic(url) }) },
      agent: false,
    })
    // Not by its option: that would go on listening, and cut what has long been somebody else's.
    const giveUp = (): void => void asking.destroy(new Error('given up'))
    signal?.addEventListener('abort', giveUp, { once: true })
    const settle = (): void => signal?.removeEventListener('abort', giveUp)
    asking.once('error', (error) => {
      settle()
      reject(error)
    })
    asking.once('response', ({ statusCode = 0 }) => {
      settle()
      asking.destroy()
      reject(new Error(answered(statusCode, target)))
    })
    asking.once('connect', ({ statusCode = 0 }, stream, head) => {
      settle()
      // Over HTTP and HTTPS alike it is the connection to the proxy.
      const socket = stream as Socket
      if (statusCode === 200) {
        if (head.length > 0) socket.unshift(head)
        return resolve(socket)
      }
      socket.destroy()
      reject(new Error(answered(statusCode, target)))
    })
    asking.end()
  })
}

function answered(status: number, target: string): string {
  const hint = status === 407 ? '; put user:password@ in front of its host' : ''
  return `it answered ${status} ${STATUS_CODES[status] ?? ''} for ${target}${hint}`
}

function basic({ username, password }: URL): string {
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** Without the password. */
function shown({ protocol, host }: URL): string {
  return `${protocol}//${host}`
}
