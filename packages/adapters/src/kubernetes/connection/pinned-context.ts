import { access, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { clusterProduct, isLocalProduct } from '@tiltts/core/kubernetes'
import type { KubernetesContext } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import { isGone } from '../../files/system-error.js'
import { type Entry, type FoundEntry, type Kubeconfig, readKubeconfig } from './kubeconfig.js'

export interface ContextOptions {
  /** KUBECONFIG, HOME and, within a cluster, KUBERNETES_SERVICE_HOST are read from it. */
  readonly env: Readonly<Record<string, string>>
  /** @default the current one of the kubeconfig */
  readonly context?: string | undefined
  /** @default that of the context */
  readonly namespace?: string | undefined
  /** Where a pod finds its account. @default /var/run/secrets/kubernetes.io/serviceaccount */
  readonly accountFolder?: string | undefined
}

/** A context with the entries that it names, as they were when it was pinned. */
export interface PinnedContext {
  readonly context: KubernetesContext
  readonly cluster: Entry
  readonly user: Entry
  /** '' for the account of a pod. */
  readonly userName: string
  /** The file that its user stands in; `undefined` for the account of a pod. */
  readonly userPath: string | undefined
  /** The entry of its user as it is now: who logs in again changes it. */
  readUser(): Promise<Entry>
}

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** `undefined`: there is no kubeconfig, or it names no context. */
export async function pinContext(options: ContextOptions): Promise<PinnedContext | undefined> {
  const paths = kubeconfigPaths(options.env)
  const config = await readKubeconfig(paths)
  if (config === undefined) {
    if (options.context !== undefined) throw noContext(options.context, paths, [])
    return await accountContext(options)
  }
  const name = options.context ?? config.currentContext
  if (name === undefined) return undefined
  const context = config.contexts.get(name)
  if (context === undefined) throw noContext(name, paths, [...config.contexts.keys()])
  const clusterName = text(context.entry['cluster'])
  const userName = text(context.entry['user'])
  const cluster = config.clusters.get(clusterName)
  if (cluster === undefined) throw missing(`context "${name}" names the cluster "${clusterName}"`, context)
  const user = userOf(config, userName, context)
  const product = clusterProduct({
    cluster: clusterName,
    kubeconfigPath: context.path,
    certificateAuthority: text(cluster.entry['certificate-authority']),
  })
  return {
    context: {
      name,
      namespace: options.namespace || text(context.entry['namespace']) || 'default',
      cluster: clusterName,
      product,
      isLocal: isLocalProduct(product),
    },
    cluster: cluster.entry,
    user: user?.entry ?? {},
    userName,
    userPath: user?.path,
    async readUser() {
      const now = await readKubeconfig(paths)
      return now?.users.get(userName)?.entry ?? user?.entry ?? {}
    },
  }
}

export function kubeconfigPaths(env: Readonly<Record<string, string>>): readonly string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '')
  if (named.length > 0) return named
  const home = (process.platform === 'win32' ? env['USERPROFILE'] : env['HOME']) || homedir()
  return [join(home, '.kube', 'config')]
}

function userOf(config: Kubeconfig, name: string, context: FoundEntry): FoundEntry | undefined {
  if (name === '') return undefined
  const user = config.users.get(name)
  if (user === undefined) throw missing(`the context in ${context.path} names the user "${name}"`, context)
  return user
}

/** Within a pod, its service account is the context. */
async function accountContext(options: ContextOptions): Promise<PinnedContext | undefined> {
  const { env } = options
  const folder = options.accountFolder ?? ACCOUNT
  const host = env['KUBERNETES_SERVICE_HOST']
  const tokenFile = join(folder, 'token')
  if (!host || !(await exists(tokenFile))) return undefined
  const name = 'in-cluster'
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${env['KUBERNETES_SERVICE_PORT'] || '443'}`
  const namespace = options.namespace || (await textOr(join(folder, 'namespace'), 'default'))
  const user = { tokenFile }
  return {
    context: { name, namespace, cluster: name, product: 'unknown', isLocal: false },
    cluster: { server, 'certificate-authority': join(folder, 'ca.crt') },
    user,
    userName: '',
    userPath: undefined,
    readUser: async () => user,
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}

async function textOr(path: string, otherwise: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim() || otherwise
  } catch (error) {
    if (isGone(error)) return otherwise
    throw error
  }
}

function noContext(name: string, paths: readonly string[], known: readonly string[]): InfraError {
  const where = paths.join(', ')
  const rest = known.length === 0 ? 'it names none' : `there are ${[...known].sort().join(', ')}`
  return new InfraError(
    'kubernetes/no-context',
    'kubernetes',
    `no context "${name}" in the kubeconfig ${where}; ${rest}`,
  )
}

function missing(what: string, { path }: FoundEntry): InfraError {
  return new InfraError('kubernetes/no-context', 'kubernetes', `${what}, which is not in the kubeconfig ${path}`)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
