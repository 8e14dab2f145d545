import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../clock/index.js'
import { createProcesses } from '../../processes/index.js'
import type { KubernetesOptions } from '../assemble-kubernetes.js'
import { kubectl } from './real-kubernetes.js'

/** The cluster of this machine under another address, or with another login. */
export interface OtherWay {
  readonly folder: string
  /** Options for a client that reads a kubeconfig with these fields in place of the real ones; `user` in addition. */
  options(cluster: object, env?: Readonly<Record<string, string>>, user?: object): Promise<KubernetesOptions>
  /** Of the API server as this machine reaches it: `127.0.0.1:6443`. */
  readonly address: string
  /** Its authority's certificate. */
  readonly authority: string
  close(): Promise<void>
}

interface RawConfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[]
  readonly users: readonly { readonly user: object }[]
}

export async function otherWay(): Promise<OtherWay> {
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-way-'))
  const processes = createProcesses({ sessionId: folder, stateFolder: join(folder, 'state'), reaper: false })
  const real = JSON.parse(await kubectl(['config', 'view', '--minify', '--raw', '--output', 'json'])) as RawConfig
  const [cluster] = real.clusters
  const [user] = real.users
  return {
    folder,
    address: new URL(String(cluster?.cluster['server'])).host,
    authority: Buffer.from(String(cluster?.cluster['certificate-authority-data']), 'base64').toString(),
    async options(changed, env = {}, more = {}) {
      const name = 'kind-other'
      const config = {
        'current-context': name,
        contexts: [{ name, context: { cluster: name, user: name } }],
        clusters: [{ name, cluster: { ...cluster?.cluster, ...changed } }],
        users: [{ name, user: { ...user?.user, ...more } }],
      }
      const KUBECONFIG = join(folder, 'config')
      await writeFile(KUBECONFIG, JSON.stringify(config))
      return { processes, clock: systemClock(), env: { HOME: folder, KUBECONFIG, ...env } }
    },
    async close() {
      await processes.close(0)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
