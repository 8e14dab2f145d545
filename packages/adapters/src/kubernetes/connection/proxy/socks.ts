import { connect, isIPv4, isIPv6, type Socket } from 'node:net'
import type { TunnelRequest } from './open-tunnel.js'

const VERSION = 5
const NO_LOGIN = 0
const LOGIN = 2
const LOGIN_VERSION = 1
const CONNECT = 1
const addressTypes = { ipv4: 1, name: 3, ipv6: 4 }

/** By SOCKS 5 (RFC 1928), with user and password if the proxy's URL has them (RFC 1929). */
export async function openSocks({ proxy: { url }, host, port, signal }: TunnelRequest): Promise<Socket> {
  const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 1080) })
  const cut = (): void => void socket.destroy(new Error('given up'))
  signal?.addEventListener('abort', cut, { once: true })
  // Between two reads nobody else hears of it, and the next read does.
  socket.on('error', () => {})
  try {
    await shakeHands(socket, url, host, port)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', cut)
  }
}

async function shakeHands(socket: Socket, url: URL, host: string, port: number): Promise<void> {
  const hasLogin = url.username !== ''
  socket.write(Buffer.from(hasLogin ? [VERSION, 2, NO_LOGIN, LOGIN] : [VERSION, 1, NO_LOGIN]))
  const [version, method] = await take(socket, 2)
  if (version !== VERSION) throw new Error('it does not speak SOCKS 5')
  if (method === LOGIN && hasLogin) {
    const pair = [url.username, url.password].map((text) => lengthAnd(decodeURIComponent(text)))
    socket.write(Buffer.concat([Buffer.from([LOGIN_VERSION]), ...pair]))
    const [, refused] = await take(socket, 2)
    if (refused !== 0) throw new Error('it does not accept user and password of its URL')
  } else if (method !== NO_LOGIN) {
    throw new Error('it wants a login; put user:password@ in front of its host')
  }
  socket.write(Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), address(host), uint16(port)]))
  const [, reply = -1, , kind] = await take(socket, 4)
  if (reply !== 0) throw new Error(`it cannot connect to ${host}:${port}: ${replies[reply] ?? `reply ${reply}`}`)
  // Where it connects from, which nobody needs.
  const bytes = kind === addressTypes.ipv4 ? 4 : kind === addressTypes.ipv6 ? 16 : ((await take(socket, 1))[0] ?? 0)
  await take(socket, bytes + 2)
}

const replies = [
  '',
  'general failure',
  'its rules do not allow it',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'it took too long',
  'it knows no CONNECT',
  'it knows no such address',
]

function address(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([addressTypes.ipv4, ...host.split('.').map(Number)])
  if (isIPv6(host)) return Buffer.concat([Buffer.from([addressTypes.ipv6]), ipv6Bytes(host)])
  return Buffer.concat([Buffer.from([addressTypes.name]), lengthAnd(host)])
}

function ipv6Bytes(host: string): Buffer {
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  // As URLs write it there is no IPv4 in it.
  const [before = '', after] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::')
  const [first, last] = [groups(before), groups(after ?? '')]
  const all = [...first, ...Array.from({ length: 8 - first.length - last.length }, () => '0'), ...last]
  return Buffer.concat(all.map((group) => uint16(Number.parseInt(group, 16))))
}

function lengthAnd(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length > 255) throw new Error(`a SOCKS proxy takes no more than 255 bytes of ${text.slice(0, 20)}…`)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

/** So many bytes of what comes, and not one more: what follows is for others. */
function take(socket: Socket, size: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const bytes = socket.read(size) as Buffer | null
      if (bytes === null) return
      settle()
      resolve(bytes)
    }
    const failed = (error: Error): void => {
      settle()
      reject(error)
    }
    const over = (): void => failed(socket.errored ?? new Error('it closed the connection'))
    const settle = (): void => {
      socket.off('readable', look).off('error', failed).off('end', over).off('close', over)
    }
    socket.on('readable', look).on('error', failed).on('end', over).on('close', over)
    if (socket.destroyed) return over()
    look()
  })
}
