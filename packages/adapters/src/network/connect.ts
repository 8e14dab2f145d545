import { connect as open } from 'node:net'
import type { ProbeAnswer } from '@tiltts/runtime/ports'
import { reach } from './address.js'
import { describeFailure } from './failure.js'

/** Opens a TCP connection and closes it again. Returns how to give up. */
export function connect(
  { host, port }: { readonly host: string; readonly port: number },
  end: (answer: ProbeAnswer) => void,
): () => void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    end({ ok: false, output: `not a port: ${port} (1 to 65535)` })
    return () => {}
  }
  const socket = open({ host, port, ...reach(host) })
  socket.on('connect', () => end({ ok: true, output: `connected to ${host}:${port}` }))
  socket.on('error', (error) => end({ ok: false, output: describeFailure(error, host) }))
  return () => void socket.destroy()
}
