import { connect as connectTcp } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { commandSocket } from './command-socket.js'
import type { Env } from './config-folder.js'
import type { Dial } from './dial-target.js'

/** Notices that the other machine is gone when nothing is said for long. */
const KEEP_ALIVE_MS = 30_000

/** A new connection; that it fails is an `error` event. */
export function dial(to: Dial, env: Env): Duplex {
  if (to.kind === 'socket') return connectTcp({ path: to.path })
  if (to.kind === 'command') return commandSocket(to.argv, env)
  const { host, port, tls } = to
  const tcp = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
  if (!tls) return connectTcp(tcp)
  const { ca, cert, key, verify } = tls
  const named = /^[\d.:]+$/.test(host) ? {} : { servername: host }
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
  const socket = connectTls({ ...tcp, ...files, ...named, rejectUnauthorized: verify })
  socket.setNoDelay(true)
  return socket
}
