import { InfraError } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import type { LogChunk } from '../ports/docker.js'
import type { Kubernetes, PodConnection, PodContainerRef } from '../ports/kubernetes.js'
import { notTaken } from '../ports/not-taken.js'
import { besideChannel } from './fake-container-beside.js'
import { fakeChannel } from './fake-docker-channel.js'
import type { FakeContainerRow } from './fake-docker-containers.js'
import type { ProgramTable } from './fake-docker-programs.js'
import type { FakeSource } from './fake-docker-source.js'
import { text } from './fake-kubernetes-json.js'
import type { Kubelet } from './fake-kubernetes-kubelet.js'
import type { FakeContainerState, FakePod } from './fake-kubernetes-pod.js'
import { type FakeStore, refusal } from './fake-kubernetes-store.js'
import type { FakePodImage, FakePodProgram, FakeVerb } from './fake-kubernetes-types.js'

export interface StreamParts {
  readonly store: FakeStore
  readonly image: (ref: string) => FakePodImage
  /** Why an image cannot be pulled; `undefined`: it can. */
  readonly pullFailure: (ref: string) => string | undefined
  readonly startMs: number
  readonly kubelet: Kubelet
  readonly clock: Clock
  readonly source: FakeSource
  readonly programs: ProgramTable
  readonly servers: ReadonlyMap<number, FakePodProgram>
  /** Paths of a container that take no copies, with the words for it. */
  readonly refusedCopies: (container: string) => ReadonlyMap<string, string>
  /** Throws what a call would reject with. */
  readonly check: (verb: FakeVerb, namespace: string, pod: string) => void
  /** Aborted when the cluster goes away. */
  readonly connection: () => AbortSignal
}

/** How long until a broken stream of logs tries again. */
const RETRY_MS = 500

export function fakeStreams(parts: StreamParts): Pick<Kubernetes, 'logs' | 'openContainer' | 'connect'> {
  const podOf = (namespace: string, pod: string): FakePod => {
    const found = parts.kubelet.pod(namespace, pod)
    if (found === undefined) throw refusal(404, 'NotFound', `pods "${pod}" not found`)
    return found
  }
  const containerOf = ({ namespace, pod, container }: PodContainerRef): FakeContainerState => {
    const found = podOf(namespace, pod).container(container)
    if (found === undefined) {
      throw refusal(400, 'BadRequest', `container ${container} is not valid for pod ${pod}`)
    }
    return found
  }

  async function* logs(
    target: PodContainerRef,
    { since = '', previous = false }: { readonly since?: string | undefined; readonly previous?: boolean | undefined },
    signal: AbortSignal,
  ): AsyncGenerator<LogChunk> {
    signal.throwIfAborted()
    parts.check('logs', target.namespace, target.pod)
    const found = containerOf(target)
    const row = previous ? found.previous : found.run
    if (row === undefined) {
      const words = previous
        ? `previous terminated container "${target.container}" in pod "${target.pod}" not found`
        : `container "${target.container}" in pod "${target.pod}" is waiting to start: ${found.waiting?.reason ?? 'ContainerCreating'}`
      throw refusal(400, 'BadRequest', words)
    }
    for (let at = 0; ; at++) {
      while (row.logs[at] === undefined) {
        if (!row.running() || row.removed()) return
        await changeOf(row, signal)
        signal.throwIfAborted()
      }
      // While the cluster is away nothing comes; then it goes on where it was.
      while (parts.connection().aborted) await parts.clock.sleep(RETRY_MS, signal)
      const chunk = row.logs[at]
      // Pods' logs do not tell the two streams apart.
      if (chunk && chunk.time > since) yield { ...chunk, stream: 'stdout' }
    }
  }

  return {
    logs,
    async openContainer(target, signal, { beside } = {}) {
      signal.throwIfAborted()
      parts.check('exec', target.namespace, target.pod)
      const { run, spec } = containerOf(target)
      if (!run?.running()) {
        const message = `container ${target.container} of pod ${target.pod} is not running`
        throw new InfraError('container/channel-closed', 'kubernetes', message, { retry: true })
      }
      const channel = fakeChannel({
        row: run,
        clock: parts.clock,
        source: parts.source,
        programs: parts.programs,
        refused: parts.refusedCopies(run.id),
        connection: parts.connection(),
      })
      const takesFiles = parts.image(text(spec['image'])).takesFiles ?? true
      return takesFiles ? channel : besideChannel(parts, target, channel, beside)
    },
    async connect({ namespace, pod }, port, signal) {
      signal.throwIfAborted()
      parts.check('portforward', namespace, pod)
      const found = podOf(namespace, pod)
      const server = parts.servers.get(port)
      const refused = notTaken(`pod ${pod} takes no connection to its port ${port}: connection refused`)
      if (found.ended.aborted) throw refused
      if (server === undefined) return refusedConnection(refused)
      const broken = AbortSignal.any([found.ended, parts.connection()])
      const there = pipe(broken)
      const back = pipe(broken)
      queueMicrotask(async () => {
        try {
          await server({
            pod,
            input: there.output,
            write: (text) => back.push(Buffer.from(text)),
            end: () => back.end(),
          })
        } catch {
          // A program that has lost its connection is done.
          back.end()
        }
      })
      const connection: PodConnection = {
        async write(chunk) {
          broken.throwIfAborted()
          there.push(chunk)
        },
        end: () => there.end(),
        output: back.output,
        close() {
          there.end()
          back.end()
        },
      }
      return connection
    },
  }
}

function changeOf(row: FakeContainerRow, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      stop()
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const stop = row.listen(wake)
    signal.addEventListener('abort', wake, { once: true })
  })
}

interface Pipe {
  push(chunk: Uint8Array): void
  end(): void
  readonly output: AsyncIterable<Uint8Array>
}

/** That nobody listens shows only once it was tried. */
function refusedConnection(error: Error): PodConnection {
  return {
    write: async () => {},
    end() {},
    output: {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
    },
    close() {},
  }
}

/** One direction of a connection. */
function pipe(broken: AbortSignal): Pipe {
  const chunks: Uint8Array[] = []
  let over = false
  let wake = (): void => {}
  broken.addEventListener('abort', () => wake(), { once: true })
  async function* read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = chunks.shift()
      if (chunk) yield chunk
      else if (over) return
      else if (broken.aborted) throw broken.reason
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
  return {
    push(chunk) {
      if (!over) chunks.push(chunk)
      wake()
    },
    end() {
      over = true
      wake()
    },
    output: read(),
  }
}
