import type { ObjectStore } from '@tiltts/core/store'
import { clusterName, InfraError, type LogLevel, type Millis, type TiltError, toApiTime, wellKnown } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Docker } from '../../ports/docker.js'
import type { Kubernetes, KubernetesInfo } from '../../ports/kubernetes.js'
import { type NameController, ownSpec } from '../controller.js'
import { type Tasks, worldsNo } from '../tasks.js'
import { connectionOf, isClusterConnected, kubernetesCluster } from './kubernetes-cluster.js'
import { type Found, lookAtCluster } from './look-at-cluster.js'

export interface ClusterConnectionDeps {
  readonly store: ObjectStore
  readonly kubernetes: Pick<Kubernetes, 'info' | 'get'>
  readonly docker: Pick<Docker, 'info'>
  readonly clock: Clock
  readonly tasks: Tasks
  readonly env: Readonly<Record<string, string>>
  /** Writes a line in the log of the session itself. */
  readonly say: (text: string, level: LogLevel) => void
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
const firstRetryMs = 500
const longestRetryMs = 10_000

/** Keeps the Cluster of Kubernetes true: asks who it is when something needs it, and how it is from then on. */
export function kubernetesConnection(deps: ClusterConnectionDeps): KubernetesConnectionController {
  const { store, kubernetes, clock, tasks, say } = deps
  let asking: AbortController | undefined
  let nextCheck = (): void => {}
  let found: Found | undefined
  let said = false
  let failures = 0
  let closed = false

  const lost = (message: string): void => {
    const now = toApiTime(clock.now())
    store.update({ by: 'kubernetes' }, (tx) =>
      tx.status('Cluster', name, ({ errorSince = now, ...status }) => ({
        ...status,
        connectedAt: undefined,
        error: message,
        errorSince,
      })),
    )
    if (said) return
    said = true
    say(`${message}\nWhat needs the cluster waits for it, and goes on by itself`, 'error')
  }

  const connected = ({ arch, version, uid, runtime }: KubernetesInfo): void => {
    failures = 0
    const { problem, ...about } = found ?? {}
    if (problem !== undefined) {
      lost(problem)
      return
    }
    const at = kubernetesCluster(store)?.status.connectedAt ?? toApiTime(clock.now())
    const status = { connectedAt: at, arch, version, uid, runtime, ...about }
    if (!isClusterConnected(store) || uid !== kubernetesCluster(store)?.status.uid)
      store.update({ by: 'kubernetes' }, (tx) => tx.status('Cluster', name, () => status))
    if (said) say(`The cluster answers again (version ${version})`, 'info')
    said = false
  }

  /** Asks once, for all there is to know. */
  const ask = async (signal: AbortSignal): Promise<KubernetesInfo> => {
    const limit = new AbortController()
    const cancel = clock.timer(answerMs, () => limit.abort(new Error('too late')))
    const either = AbortSignal.any([signal, limit.signal])
    try {
      const info = await kubernetes.info(either)
      const connection = connectionOf(kubernetesCluster(store))
      if (connection !== undefined && (found === undefined || found.problem !== undefined))
        found = await lookAtCluster({ ...deps, runsImages, namesRegistry }, connection, info, either)
      return info
    } catch (error) {
      if (signal.aborted || !limit.signal.aborted) throw error
      const message = `the Kubernetes cluster gives no answer within ${answerMs / 1000} s`
      throw new InfraError('kubernetes/unreachable', 'kubernetes', message, { retry: true, cause: error })
    } finally {
      cancel()
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
        if (!isClusterConnected(store) || failures >= tolerated) lost(message)
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
        said = false
        failures = 0
        found = undefined
        return
      }
      if (asking === undefined && !isClusterConnected(store)) begin()
    },
    reportLost(error) {
      if (closed || kubernetesCluster(store) === undefined) return
      if (isClusterConnected(store)) lost(error.message)
      if (asking === undefined) begin()
    },
    close() {
      closed = true
      stop()
    },
  }
}

/** Milliseconds before the cluster is asked again, after so many failures in a row: 0.5 s, doubled, at most 10 s. */
function retryDelay(failures: number): Millis {
  return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10))
}
