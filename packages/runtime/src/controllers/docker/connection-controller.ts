import type { ObjectStore } from '@tiltts/core/store'
import { type LogLevel, type Millis, type TiltError, toApiTime } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Docker, DockerInfo } from '../../ports/docker.js'
import { type NameController, ownSpec } from '../controller.js'
import { type Tasks, worldsNo } from '../tasks.js'
import { dockerCluster, isDockerConnected } from './docker-cluster.js'

export interface DockerConnectionDeps {
  readonly store: ObjectStore
  readonly docker: Pick<Docker, 'info'>
  readonly clock: Clock
  readonly tasks: Tasks
  /** Writes a line in the log of the session itself. */
  readonly say: (text: string, level: LogLevel) => void
}

export interface DockerConnection extends NameController {
  /**
   * A call met `docker/unreachable`: what needs the engine is held from now on, and it is asked until it answers. Told
   * again in the meantime: no change.
   */
  reportLost(error: TiltError): void
  close(): void
}

const firstRetryMs = 500
const longestRetryMs = 10_000
/** An engine that takes a connection and is silent is not there either. */
const answerMs = 10_000
/** A connection that lasted so long was a sound one: after it the engine is asked at once. */
const steadyMs = 10_000

/** Keeps the Cluster of the Docker engine true. As long as there is no such object, nothing is asked. */
export function dockerConnection(deps: DockerConnectionDeps): DockerConnection {
  const { store, docker, clock, tasks, say } = deps
  let asking: AbortController | undefined
  /** Whether the log says that it is away. */
  let said = false
  let failures = 0
  let connectedAt: Millis | undefined
  let closed = false

  const lost = (message: string): void => {
    const now = toApiTime(clock.now())
    store.update({ by: 'docker' }, (tx) =>
      tx.status('Cluster', dockerCluster, ({ errorSince = now, ...status }) => ({
        ...status,
        connectedAt: undefined,
        error: message,
        errorSince,
      })),
    )
    if (said) return
    said = true
    say(`${message}\nWhat needs Docker waits for it, and goes on by itself`, 'error')
  }

  const connected = ({ arch, version, flavour }: DockerInfo): void => {
    connectedAt = clock.now()
    const at = toApiTime(connectedAt)
    store.update({ by: 'docker' }, (tx) =>
      tx.status('Cluster', dockerCluster, () => ({ connectedAt: at, arch, version })),
    )
    if (said) say(`${flavour === 'podman' ? 'Podman' : 'Docker'} answers again (version ${version})`, 'info')
    said = false
  }

  const ask = async (signal: AbortSignal): Promise<DockerInfo | { readonly no: string }> => {
    const limit = new AbortController()
    const cancel = clock.timer(answerMs, () => limit.abort(new Error('too late')))
    try {
      return await docker.info(AbortSignal.any([signal, limit.signal]))
    } catch (error) {
      signal.throwIfAborted()
      if (limit.signal.aborted) return { no: `the Docker engine gives no answer within ${answerMs / 1000} s` }
      return { no: worldsNo(error) }
    } finally {
      cancel()
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
      lost(answer.no)
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
        said = false
        failures = 0
        return
      }
      if (asking === undefined && !isDockerConnected(store)) begin()
    },
    reportLost(error) {
      if (closed || asking !== undefined || !isDockerConnected(store)) return
      const lastedMs = clock.now() - (connectedAt ?? 0)
      failures = lastedMs >= steadyMs ? 0 : failures + 1
      lost(error.message)
      begin()
    },
    close() {
      closed = true
      stop()
    },
  }
}

/** Milliseconds before the engine is asked again, after so many failures in a row: 0.5 s, doubled, at most 10 s. */
function retryDelay(failures: number): Millis {
  return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10))
}
