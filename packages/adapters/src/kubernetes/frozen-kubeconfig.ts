import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PinnedContext } from './connection/pinned-context.js'

export interface FrozenKubeconfig {
  path(): Promise<string>
  remove(): Promise<void>
}

/** A file with the pinned context alone. It holds secrets, so that nobody else may read it. */
export function frozenKubeconfig(pinned: () => Promise<PinnedContext>): FrozenKubeconfig {
  let written: Promise<string> | undefined
  const write = async (): Promise<string> => {
    const { context, cluster, readUser } = await pinned()
    const user = context.name
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': context.name,
      contexts: [{ name: context.name, context: { cluster: context.cluster, user, namespace: context.namespace } }],
      clusters: [{ name: context.cluster, cluster }],
      users: [{ name: user, user: await readUser() }],
    }
    const folder = await mkdtemp(join(tmpdir(), 'tiltts-kube-'))
    const path = join(folder, 'config')
    // JSON is YAML.
    await writeFile(path, JSON.stringify(config, undefined, 2), { mode: 0o600 })
    return path
  }
  return {
    path() {
      written ??= write()
      written.catch(() => {
        written = undefined
      })
      return written
    },
    async remove() {
      const path = await written?.catch(() => undefined)
      written = undefined
      if (path !== undefined) await rm(join(path, '..'), { recursive: true, force: true })
    },
  }
}
