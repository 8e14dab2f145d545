import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Entry } from './connection/kubeconfig.js'
import type { PinnedContext } from './connection/pinned-context.js'

export interface FrozenKubeconfig {
  /** The same each time; what stands there is as it is now. */
  path(): Promise<string>
  remove(): Promise<void>
}

export interface FrozenParts {
  readonly pinned: () => Promise<PinnedContext>
  /** The entry of its user as it is now. */
  readonly user: (pinned: PinnedContext) => Promise<Entry>
}

/** A file with the pinned context alone. It holds secrets, so that nobody else may read it. */
export function frozenKubeconfig({ pinned, user }: FrozenParts): FrozenKubeconfig {
  let folder: string | undefined
  let written = ''
  let writing: Promise<unknown> = Promise.resolve()

  const write = async (): Promise<string> => {
    const found = await pinned()
    const { context, cluster } = found
    const { name, namespace } = context
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      contexts: [{ name, context: { cluster: context.cluster, user: name, namespace } }],
      clusters: [{ name: context.cluster, cluster }],
      users: [{ name, user: await user(found) }],
    }
    folder ??= await mkdtemp(join(tmpdir(), 'tiltts-kube-'))
    const path = join(folder, 'config')
    // JSON is YAML.
    const text = JSON.stringify(config, undefined, 2)
    if (text === written) return path
    // In one go, since a command may be reading it.
    await writeFile(`${path}.next`, text, { mode: 0o600 })
    await rename(`${path}.next`, path)
    written = text
    return path
  }
  return {
    path() {
      const next = writing.then(write)
      // Who waits for it hears of it.
      writing = next.catch(() => {})
      return next
    },
    async remove() {
      await writing
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
      folder = undefined
      written = ''
    },
  }
}
