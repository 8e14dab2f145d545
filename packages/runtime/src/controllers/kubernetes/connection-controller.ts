import { clusterName, InfraError, type TiltError, toApiTime, wellKnown } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Docker } from '../../ports/docker.js'
import type { Kubernetes, KubernetesInfo } from '../../ports/kubernetes.js'
import { within } from '../../within.js'
import { backoff } from '../backoff.js'
import { type ClusterRecordDeps, clusterRecord } from '../cluster-record.js'
import { type NameController, ownSpec } from '../controller.js'
import { type Tasks, worldsNo } from '../tasks.js'
import { connectionOf, isClusterConnected, kubernetesCluster } from './kubernetes-cluster.js'
import { type Found, lookAtCluster } from './look-at-cluster.js'

export interface ClusterConnectionDeps extends ClusterRecordDeps {
  readonly kubernetes: Pick<Kubernetes, 'info' | 'get' | 'frozenKubeconfig'>
  readonly docker: Pick<Docker, 'info'>
  readonly clock: Clock
  readonly tasks: Tasks
  readonly env: Readonly<Record<string, string>>
}

export interface KubernetesConnectionController extends NameController {
  /** A call found that the cluster does not answer: what needs it is held from now on, and it is asked until it does. */
  reportLost(error: TiltError): void
  close(): void
}

const name = clusterName.kubernetes
const healthMs = 15_000
/** Each question may take so long. */
const answerMs = 10_000
/** So many in a row may fail before a cluster counts as lost that nobody has missed yet. */
const tolerated = 4
const retryDelay = backoff(500, 10_000)

/** Keeps the Cluster of Kubernetes true: asks who it is when something needs it, and how it is from then on. */
export function kubernetesConnection(deps: ClusterConnectionDeps): KubernetesConnectionController {
  const { store, kubernetes, clock, tasks } = deps
  const record = clusterRecord(deps, { name, by: 'kubernetes', what: 'the cluster' })
  let asking: AbortController | undefined
  let nextCheck = (): void => {}
  let found: Found | undefined
  let failures = 0
  let closed = false

  const connected = ({ arch, version, uid, runtime }: KubernetesInfo): void => {
    failures = 0
    const { problem, ...about } = found ?? {}
    if (problem !== undefined) {
      record.lost(problem)
      return
    }
    const before = kubernetesCluster(store)?.status
    const isKnown = isClusterConnected(store) && uid === before?.uid
    const connectedAt = before?.connectedAt ?? toApiTime(clock.now())
    record.answers('The cluster', isKnown ? undefined : { connectedAt, arch, version, uid, runtime, ...about })
  }

  /** Asks once, for all there is to know. */
  const ask = (signal: AbortSignal): Promise<KubernetesInfo> => {
    const message = `the Kubernetes cluster gives no answer within ${answerMs / 1000} s`
    const late = (cause: unknown): InfraError =>
      new InfraError('kubernetes/unreachable', 'kubernetes', message, { retry: true, cause })
    return within(clock, { ms: answerMs, late }, signal, async (limit) => {
      const info = await kubernetes.info(limit)
      const cluster = kubernetesCluster(store)
      const connection = connectionOf(cluster)
      // Another cluster in the place of the one before, made anew with the same name, has a registry of its own.
      if (cluster?.status.uid !== info.uid || found?.problem !== undefined) found = undefined
      if (connection !== undefined)
        found ??= {
          ...(await lookAtCluster({ ...deps, runsImages, namesRegistry }, connection, info, limit)),
          configPath: await configPath(),
        }
      return info
    })
  }

  /** For clients that want to speak to the same cluster. */
  const configPath = async (): Promise<string | undefined> => {
    try {
      return await kubernetes.frozenKubeconfig()
    } catch (error) {
      deps.say(`Others cannot be told how to reach the cluster: ${worldsNo(error)}`, 'warn')
      return undefined
    }
  }

  const runsImages = (): boolean =>
    store.list('Resource').some(({ spec }) => spec.type === 'k8s' && spec.images.length > 0)
  const namesRegistry = (): boolean => store.get('Tiltfile', wellKnown.tiltfile)?.status.live?.registry !== undefined

  const untilAnswered = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      try {
        const info = await ask(signal)
        signal.throwIfAborted()
        connected(info)
        return
      } catch (error) {
        signal.throwIfAborted()
        const message = worldsNo(error)
        failures += 1
        // One that answered a moment ago may only be busy.
        if (!isClusterConnected(store) || failures >= tolerated) record.lost(message)
      }
      await clock.sleep(retryDelay(failures), signal)
    }
  }

  const begin = (): void => {
    nextCheck()
    const abort = new AbortController()
    asking = abort
    tasks.run('asking for the cluster', async () => {
      try {
        await untilAnswered(abort.signal)
      } catch (error) {
        if (!abort.signal.aborted) throw error
      } finally {
        if (asking === abort) {
          asking = undefined
          nextCheck = clock.timer(healthMs, begin)
        }
      }
    })
  }

  const stop = (): void => {
    nextCheck()
    const before = asking
    asking = undefined
    before?.abort(new Error('not needed any more'))
  }

  return {
    name: 'kubernetes',
    watches: [ownSpec('Cluster')],
    reconcile(changed) {
      if (closed || changed !== name) return
      if (kubernetesCluster(store) === undefined) {
        stop()
        record.forget()
        failures = 0
        found = undefined
        return
      }
      if (asking === undefined && !isClusterConnected(store)) begin()
    },
    reportLost(error) {
      if (closed || kubernetesCluster(store) === undefined) return
      if (isClusterConnected(store)) record.lost(error.message)
      if (asking === undefined) begin()
    },
    close() {
      closed = true
      stop()
    },
  }
}
