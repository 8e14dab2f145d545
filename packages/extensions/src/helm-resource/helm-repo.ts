import { type LocalResourceOptions, localResource, type ResourceHandle, secret } from '@tiltts/config'

/** What {@link helmRepo} takes. */
export interface HelmRepoOptions
  extends Omit<LocalResourceOptions, 'cmd' | 'serveCmd' | 'readinessProbe' | 'serveEnv' | 'serveDir'> {
  /** @default the repository's name */
  readonly resourceName?: string | undefined
  readonly username?: string | undefined
  /** Kept out of logs and command lines. */
  readonly password?: string | undefined
}

/**
 * Makes a repository of charts known to helm, as a resource. Name it in `resourceDeps` of the releases that need it.
 *
 * @returns A handle for `resourceDeps`.
 * @example
 * ```ts
 * const charts = helmRepo('acme', 'https://charts.example.com')
 * helmResource('redis', 'acme/redis', { resourceDeps: charts })
 * ```
 */
export function helmRepo(
  name: string,
  url: string,
  { resourceName = name, username, password, ...options }: HelmRepoOptions = {},
): ResourceHandle {
  const add = ['helm', 'repo', 'add', name, url, '--force-update']
  const shared = { allowParallel: true, ...options }
  if (username === undefined || password === undefined) return localResource(resourceName, { ...shared, cmd: add })
  const stdin = secret(password, `password of ${name}`)
  return localResource(resourceName, {
    ...shared,
    // A function is told from another by its source; what it runs stands here, so that another option is another command.
    env: { ...options.env, TILTTS_HELM_REPO: JSON.stringify([...add, username]) },
    cmd: async function addRepository({ exec }) {
      await exec([...add, '--username', username, '--password-stdin'], { stdin })
    },
  })
}
