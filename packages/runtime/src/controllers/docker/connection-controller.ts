import { InfraError, type Millis, type TiltError, toApiTime } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Docker, DockerInfo } from '../../ports/docker.js'
import { within } from '../../within.js'
import { backoff } from '../backoff.js'
import { type ClusterRecordDeps, clusterRecord } from '../cluster-record.js'
import { type NameController, ownSpec } from '../controller.js'
import { type Tasks, worldsNo } from '../tasks.js'
import { dockerCluster, isDockerConnected } from './docker-cluster.js'

export interface DockerConnectionDeps extends ClusterRecordDeps {
  readonly docker: Pick<Docker, 'info'>
  readonly clock: Clock
  readonly tasks: Tasks
}

export interface DockerConnection extends NameController {
  /**
   * A call met `docker/unreachable`: what needs the engine is held from now on, and it is asked until it answers. Told
   * again in the meantime: no change.
   */
  reportLost(error: TiltError): void
  close(): void
}

const retryDelay = backoff(500, 10_000)
/** An engine that takes a connection and is silent is not there either. */
const answerMs = 10_000
/** A connection that lasted so long was a sound one: after it the engine is asked at once. */
const steadyMs = 10_000

/** Keeps the Cluster of the Docker engine true. As long as there is no such object, nothing is asked. */
export function dockerConnection(deps: DockerConnectionDeps): DockerConnection {
  const { store, docker, clock, tasks } = deps
  const record = clusterRecord(deps, { name: dockerCluster, by: 'docker', what: 'Docker' })
  let asking: AbortController | undefined
  let failures = 0
  let connectedAt: Millis | undefined
  let closed = false

  const connected = ({ arch, version, flavour }: DockerInfo): void => {
    connectedAt = clock.now()
    const status = { connectedAt: toApiTime(connectedAt), arch, version }
    record.answers(flavour === 'podman' ? 'Podman' : 'Docker', status)
  }

  const ask = async (signal: AbortSignal): Promise<DockerInfo | { readonly no: string }> => {
    const late = (cause: unknown): InfraError =>
      new InfraError('docker/unreachable', 'docker', `the Docker engine gives no answer within ${answerMs / 1000} s`, {
        retry: true,
        cause,
      })
    try {
      return await within(clock, { ms: answerMs, late }, signal, (limit) => docker.info(limit))
    } catch (error) {
      signal.throwIfAborted()
      return { no: worldsNo(error) }
    }
  }

  const untilAnswered = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      if (failures > 0) await clock.sleep(retryDelay(failures), signal)
      const answer = await ask(signal)
      signal.throwIfAborted()
      if (!('no' in answer)) {
        asking = undefined
        return connected(answer)
      }
      failures += 1
      record.lost(answer.no)
    }
  }

  const begin = (): void => {
    const abort = new AbortController()
    asking = abort
    tasks.run('asking for the Docker engine', async () => {
      try {
        await untilAnswered(abort.signal)
      } catch (error) {
        if (!abort.signal.aborted) throw error
      } finally {
        if (asking === abort) asking = undefined
      }
    })
  }

  const stop = (): void => {
    asking?.abort(new Error('not needed any more'))
    asking = undefined
  }

  return {
    name: 'docker',
    watches: [ownSpec('Cluster')],
    reconcile(name) {
      if (closed || name !== dockerCluster) return
      if (store.get('Cluster', name) === undefined) {
        stop()
        record.forget()
        failures = 0
        return
      }
      if (asking === undefined && !isDockerConnected(store)) begin()
    },
    reportLost(error) {
      if (closed || asking !== undefined || !isDockerConnected(store)) return
      const lastedMs = clock.now() - (connectedAt ?? 0)
      failures = lastedMs >= steadyMs ? 0 : failures + 1
      record.lost(error.message)
      begin()
    },
    close() {
      closed = true
      stop()
    },
  }
}
