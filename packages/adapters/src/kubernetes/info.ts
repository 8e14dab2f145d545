import { type KubernetesInfo, kubernetesRefusal } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import type { Transport } from './transport.js'

const ASK_MS = 10_000

interface Node {
  readonly metadata?: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> }
  readonly status?: {
    readonly nodeInfo?: { readonly architecture?: string; readonly containerRuntimeVersion?: string }
  }
}

/** Who the cluster is, and whether it is ready. What may not be read is left out. */
export async function clusterInfo(transport: Transport, signal: AbortSignal | undefined): Promise<KubernetesInfo> {
  const ask = async (path: string): Promise<unknown> =>
    (await transport.request('GET', path, { signal, timeoutMs: ASK_MS })).body
  const [version, , namespace, nodes] = await Promise.all([
    ask('/version'),
    ask('/readyz').catch(notReady),
    ask('/api/v1/namespaces/kube-system').catch(unlessRefused),
    ask('/api/v1/nodes?limit=1').catch(unlessRefused),
  ])
  const node = (nodes as { readonly items?: readonly Node[] } | undefined)?.items?.[0]
  const about = node?.status?.nodeInfo
  return {
    uid: (namespace as { readonly metadata?: { readonly uid?: string } } | undefined)?.metadata?.uid ?? '',
    version: String((version as { readonly gitVersion?: string }).gitVersion ?? ''),
    arch: about?.architecture || node?.metadata?.labels?.['kubernetes.io/arch'],
    // `containerd://1.7.24`
    runtime: about?.containerRuntimeVersion?.split(':')[0] || undefined,
    nodeAnnotations: node?.metadata?.annotations ?? {},
  }
}

function notReady(error: unknown): undefined {
  const refusal = kubernetesRefusal(error)
  if (refusal === undefined) throw error
  if (refusal.status < 500) return undefined
  const failed = refusal.message.split('\n').filter((line) => line.startsWith('[-]'))
  const message = `the API server is not ready: ${failed.join(' ') || refusal.message}`
  throw new InfraError('kubernetes/unreachable', 'kubernetes', message, { retry: true, cause: error })
}

/** Rights that are missing are no failure. */
function unlessRefused(error: unknown): undefined {
  const status = kubernetesRefusal(error)?.status
  if (status === undefined || status === 401 || status >= 500) throw error
  return undefined
}
