import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Processes } from '@tiltts/runtime/ports'
import { systemClock } from '../../clock/index.js'
import { createProcesses } from '../../processes/index.js'
import { createHttpTransport, type HttpTransport } from '../connection/http-transport.js'
import { pinContext } from '../connection/pinned-context.js'
import { environment } from './environment.js'

export interface RealTransport {
  readonly transport: HttpTransport
  readonly processes: Processes
  close(): Promise<void>
}

/** A way of its own to the cluster that KUBECONFIG points at. */
export async function realTransport(): Promise<RealTransport> {
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-cluster-'))
  const processes = createProcesses({ sessionId: folder, stateFolder: join(folder, 'state'), reaper: false })
  const env = environment()
  const pinned = await pinContext({ env })
  if (pinned === undefined) throw new Error('there is no Kubernetes context')
  const transport = createHttpTransport({ pinned, processes, env, clock: systemClock() })
  return {
    transport,
    processes,
    async close() {
      await transport.close()
      await processes.close(0)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
