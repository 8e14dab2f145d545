import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InfraError } from '@tiltts/spec'

/** Resolves to where it listens. Rejects with an InfraError `server/port-busy`. */
export function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const busy = error.code === 'EADDRINUSE'
      const message = busy
        ? `Port ${port} is taken by another program`
        : `Cannot listen on ${host}:${port}: ${error.message}`
      reject(new InfraError('server/port-busy', 'server', message, { cause: error }))
    })
    server.listen(port, host, () => resolve(server.address() as AddressInfo))
  })
}

/** Resolves when it takes no more connections, and those that were open have ended. */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
