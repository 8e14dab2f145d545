import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TunnelRequest } from './tunnel-request.js'

/** By SOCKS 5, with user and password if the proxy's URL has them. */
export async function openSocks({ proxy: { url }, host, port, timeoutMs, signal }: TunnelRequest): Promise<Socket> {
  const { SocksClient } = await import('socks')
  const proxy = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 1080) }
  const socket = connect(proxy)
  const cut = (): void => void socket.destroy(new Error('given up'))
  signal?.addEventListener('abort', cut, { once: true })
  try {
    await once(socket, 'connect')
    await SocksClient.createConnection({
      proxy: { ...proxy, type: 5, ...loginOf(url) },
      command: 'connect',
      destination: { host, port },
      timeout: timeoutMs,
      existing_socket: socket,
    }).catch((error: Error) => {
      throw new Error(refusal(error, url, `${host}:${port}`), { cause: error })
    })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', cut)
  }
}

function refusal({ message }: Error, { username }: URL, target: string): string {
  if (username === '' && /authentication/i.test(message))
    return 'it wants a login; put user:password@ in front of its host'
  return `it cannot connect to ${target}: ${message}`
}

function loginOf({ username, password }: URL): { userId?: string; password?: string } {
  if (username === '') return {}
  return { userId: decodeURIComponent(username), password: decodeURIComponent(password) }
}
