import type { KubernetesConnection } from '@tiltts/spec'
import { defaultGraceMs } from '../../controllers/cmd/launch.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import type { Processes } from '../../ports/processes.js'

export interface LoadDeps {
  readonly processes: Pick<Processes, 'spawn'>
  readonly env: Readonly<Record<string, string>>
}

type Target = Pick<KubernetesConnection, 'product' | 'cluster'>

/** The command by which a cluster without a registry gets an image; `undefined`: it has none. */
export function loadCommand({ product, cluster }: Target, ref: string): readonly string[] | undefined {
  switch (product) {
    case 'kind':
      return ['kind', 'load', 'docker-image', ref, '--name', cluster.replace(/^kind-/, '')]
    case 'k3d':
      return ['k3d', 'image', 'import', ref, '--cluster', cluster.replace(/^k3d-/, '')]
    case 'minikube':
      return ['minikube', 'image', 'load', ref, '--profile', cluster]
    default:
      return undefined
  }
}

/** Runs such a command. Resolves with what went wrong, if anything did. */
export async function loadImage(
  { processes, env }: LoadDeps,
  argv: readonly string[],
  log: (text: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  log(`Running: ${argv.join(' ')}\n`)
  const process = processes.spawn({ argv, dir: '/', env, onOutput: (text) => log(text), oneOff: true })
  const stop = (): void => void process.stop(defaultGraceMs)
  signal.addEventListener('abort', stop, { once: true })
  const { exitCode, reason } = await process.exited
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  return exitCode === 0 ? undefined : `${argv.slice(0, 3).join(' ')}: ${reason ?? `exit code ${exitCode}`}`
}

/** Whether each node says that it has an image. Nodes name so many images at most, so that a no is not for sure. */
export async function isOnAllNodes(
  kubernetes: Pick<Kubernetes, 'list'>,
  canonicalRef: string,
  signal: AbortSignal,
): Promise<boolean> {
  let nodes = 0
  for await (const node of kubernetes.list({ apiVersion: 'v1', kind: 'Node' }, signal)) {
    nodes += 1
    const { images } = (node['status'] ?? {}) as { readonly images?: readonly { readonly names?: readonly string[] }[] }
    if (!images?.some(({ names }) => names?.includes(canonicalRef))) return false
  }
  return nodes > 0
}
