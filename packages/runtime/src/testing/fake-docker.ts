import { InfraError } from '@tiltts/spec'
import type { ContainerWatch, Docker, DockerInfo, LogChunk } from '../ports/docker.js'
import { type FakeLayer, fakeBuild } from './fake-docker-build.js'
import { fakeChannel } from './fake-docker-channel.js'
import { type FakeContainerRow, fakeContainer } from './fake-docker-containers.js'
import { type FakeImage, fakeImages, imageOf } from './fake-docker-images.js'
import type { FakeContainerProgram } from './fake-docker-programs.js'
import { fakePrune } from './fake-docker-prune.js'
import { noSource } from './fake-docker-source.js'
import { fileEntry, sha256 } from './fake-docker-tree.js'
import type { FakeBuild, FakeContainerOptions, FakeDocker, FakeDockerOptions } from './fake-docker-types.js'

export type { FakeContainerProcess, FakeContainerProgram } from './fake-docker-programs.js'
export type {
  FakeBuild,
  FakeContainerOptions,
  FakeDocker,
  FakeDockerControls,
  FakeDockerOptions,
  FakeImageOptions,
} from './fake-docker-types.js'

interface Watch {
  readonly labels: Readonly<Record<string, string>>
  readonly onEvent: Parameters<Docker['watchContainers']>[1]
  /** Settles `ended`. */
  readonly end: (error?: unknown) => void
}

const firstFreePort = 32_768

/**
 * A Docker engine in memory. `busybox:latest` and `node:20` are there.
 *
 * @example
 * const docker = fakeDocker({ clock, files, programs: { 'npm ci': (self) => self.write('/app/node_modules/x.js', '') } })
 * const id = docker.createContainer({ labels: { app: 'web' } })
 * docker.start(id)
 * docker.exit(id, 1)
 */
export function fakeDocker(options: FakeDockerOptions): FakeDocker {
  const { clock } = options
  const source = options.files ?? noSource
  const about: DockerInfo = {
    id: 'fake-engine',
    version: '26.1.5',
    apiVersion: '1.45',
    flavour: 'docker',
    arch: 'amd64',
    host: 'unix:///var/run/docker.sock',
    builder: 'buildkit/26.1.5',
    ...options.info,
  }
  const platform = `linux/${about.arch}`
  const programs = new Map<string, FakeContainerProgram>(Object.entries(options.programs ?? {}))
  const images = fakeImages(clock.now)
  const cache = new Map<string, FakeLayer>()
  const rows = new Map<string, FakeContainerRow>()
  const watches = new Set<Watch>()
  const builds: { name: string; imageId: string | undefined; at: number }[] = []
  const registry = new Map<string, FakeImage>()
  const occupied = new Set<number>()
  const refusedCopies = new Map<string, Map<string, string>>()
  let pushRefusal: string | undefined
  let connection = new AbortController()
  let serial = 0

  for (const [ref, cmd] of [
    ['busybox:latest', 'sh'],
    ['node:20', 'node'],
  ] as const) {
    const image = images.add(imageOf({ cmd: [cmd], files: { '/etc/image': ref } }, platform))
    images.tag(image.id, ref)
  }

  const unreachable = (): InfraError =>
    new InfraError('docker/unreachable', 'docker', `nothing answers at ${about.host}`, { retry: true })
  const refused = (message: string): InfraError => new InfraError('docker/refused', 'docker', message)

  /** Carries out a call as long as the engine is there and the caller wants it. */
  const call = async <T>(work: (signal: AbortSignal) => T | Promise<T>, signal?: AbortSignal): Promise<T> => {
    signal?.throwIfAborted()
    connection.signal.throwIfAborted()
    const both = signal ? AbortSignal.any([signal, connection.signal]) : connection.signal
    let onAbort = (): void => {}
    const broken = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(both.reason)
      both.addEventListener('abort', onAbort, { once: true })
    })
    try {
      return await Promise.race([work(both), broken])
    } finally {
      both.removeEventListener('abort', onAbort)
    }
  }

  const must = (id: string): FakeContainerRow => {
    const row = find(id)
    if (row === undefined) throw new Error(`No such container: ${id}`)
    return row
  }
  const find = (id: string): FakeContainerRow | undefined =>
    rows.get(id) ?? [...rows.values()].find((row) => row.name === id || (id.length >= 7 && row.id.startsWith(id)))
  const row = (id: string): FakeContainerRow => {
    const found = find(id)
    if (found === undefined) throw refused(`No such container: ${id}`)
    return found
  }
  const hasLabels = (one: FakeContainerRow, labels: Readonly<Record<string, string>>): boolean =>
    Object.entries(labels).every(([key, value]) => one.labels[key] === value)

  let stamped = ''
  let nanos = 0
  const stamp = (): string => {
    const now = new Date(clock.now()).toISOString().slice(0, -1)
    nanos = now === stamped ? nanos + 1 : 0
    stamped = now
    return `${now}${String(nanos).padStart(6, '0')}Z`
  }

  const tell = (changed: FakeContainerRow, what: 'change' | 'remove'): void => {
    for (const watch of [...watches]) {
      if (hasLabels(changed, watch.labels))
        queueMicrotask(() => watches.has(watch) && watch.onEvent({ container: changed.id, what }))
    }
  }

  const taken = (port: number): boolean =>
    occupied.has(port) || [...rows.values()].some((one) => one.ports().some(({ hostPort }) => hostPort === port))
  const bind: Parameters<typeof fakeContainer>[0]['bind'] = (ports) => {
    const given = new Set<number>()
    return ports.map((port) => {
      let hostPort = port.hostPort
      if (hostPort === 0) for (hostPort = firstFreePort; taken(hostPort) || given.has(hostPort); ) hostPort += 1
      if (taken(hostPort)) {
        throw new Error(
          `driver failed programming external connectivity: Bind for 0.0.0.0:${hostPort} failed: port is already allocated`,
        )
      }
      given.add(hostPort)
      return { ...port, hostPort }
    })
  }

  const createContainer = (given: FakeContainerOptions = {}): string => {
    const ref = given.image ?? 'busybox:latest'
    const image = images.find(ref)
    if (image === undefined) throw new Error(`No such image: ${ref}`)
    serial += 1
    const id = sha256(`container ${serial}`)
    const name = given.name ?? `container-${serial}`
    if (find(name)) throw new Error(`Conflict. The container name "/${name}" is already in use`)
    const entrypoint = given.entrypoint ?? image.config.entrypoint
    const argv = [...entrypoint, ...(given.cmd ?? (given.entrypoint ? [] : image.config.cmd))]
    const made = fakeContainer({
      id,
      name,
      imageId: image.id,
      labels: { ...image.config.labels, ...given.labels },
      ports: given.ports ?? [],
      healthcheck: given.healthcheck ?? false,
      restart: given.restart ?? 'no',
      argv,
      main: given.main,
      canRestartProcess: given.canRestartProcess ?? /tilt/.test(argv[0] ?? ''),
      tree: image.tree.copy(),
      clock,
      programs,
      bind,
      onChange: (what) => tell(made, what),
      stamp,
    })
    rows.set(id, made)
    tell(made, 'change')
    return id
  }

  const removeContainer = (id: string): void => {
    const found = must(id)
    rows.delete(found.id)
    found.remove()
  }

  const removeImage = (ref: string): void => images.remove(ref)

  async function* logs(
    id: string,
    { since = '' }: { readonly since?: string | undefined },
    signal: AbortSignal,
  ): AsyncGenerator<LogChunk> {
    const followed = await call(() => row(id), signal)
    const run = followed.run()
    const gone = AbortSignal.any([signal, connection.signal])
    let at = 0
    for (;;) {
      for (let chunk = followed.logs[at]; chunk !== undefined; chunk = followed.logs[at]) {
        at += 1
        gone.throwIfAborted()
        if (chunk.time > since) yield chunk
      }
      gone.throwIfAborted()
      if (!followed.running() || followed.run() !== run || followed.removed()) return
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          stop()
          gone.removeEventListener('abort', wake)
          resolve()
        }
        const stop = followed.listen(wake)
        gone.addEventListener('abort', wake, { once: true })
      })
    }
  }

  return {
    info: (signal) => call(() => about, signal),
    build: (request, onEvent, signal) =>
      call(async (both) => {
        const entry: (typeof builds)[number] = { name: request.name, imageId: undefined, at: clock.now() }
        builds.push(entry)
        const parts = { clock, source, programs, images, platform, cache }
        const outcome = await fakeBuild(parts, request, (event) => both.aborted || onEvent(event), both)
        if (outcome.ok) entry.imageId = outcome.imageId
        return outcome
      }, signal),
    inspectImage: (ref) =>
      call(() => {
        const image = images.find(ref)
        return image && images.info(image)
      }),
    tag: (imageId, ref) =>
      call(() => {
        const image = images.find(imageId)
        if (image === undefined) throw refused(`No such image: ${imageId}`)
        images.tag(image.id, ref)
      }),
    push: (ref, onProgress, signal) =>
      call(() => {
        const image: FakeImage | undefined = images.find(ref)
        const failed = (words: string): InfraError => new InfraError('image/push-failed', 'docker', words)
        if (image === undefined) throw failed(`An image does not exist locally with the tag: ${ref}`)
        if (pushRefusal !== undefined) throw failed(pushRefusal)
        onProgress(`The push refers to repository [${ref.replace(/:[^/:]+$/, '')}]`)
        registry.set(ref, image)
        onProgress(`${ref}: digest: ${image.id}`)
      }, signal),
    pull: (ref, onProgress, signal) =>
      call(() => {
        const found = registry.get(ref)
        if (found === undefined) throw refused(`manifest for ${ref} not found: manifest unknown`)
        onProgress(`Status: Downloaded newer image for ${ref}`)
        const image = images.add(found)
        images.tag(image.id, ref)
        images.fetched(image.id, ref)
        return image.id
      }, signal),
    registryDigest: (ref, signal) => call(() => registry.get(ref)?.id, signal),
    containers: (labels) =>
      call(() => [...rows.values()].filter((one) => hasLabels(one, labels)).map((one) => one.info())),
    inspectContainer: (id) => call(() => find(id)?.info()),
    watchContainers: (labels, onEvent) =>
      call((): ContainerWatch => {
        let end: Watch['end'] = () => {}
        const ended = new Promise<void>((resolve, reject) => {
          end = (error) => (error === undefined ? resolve() : reject(error))
        })
        const watch: Watch = { labels, onEvent, end }
        // Nobody has to look.
        ended.catch(() => {})
        watches.add(watch)
        return {
          ended,
          close() {
            watches.delete(watch)
            end()
          },
        }
      }),
    logs,
    openContainer: (id, signal) =>
      call(() => {
        const found = row(id)
        if (!found.running()) {
          const message = `container ${found.name} is not running`
          throw new InfraError('container/channel-closed', 'docker', message, { retry: true })
        }
        const refusedHere = refusedCopies.get(found.id) ?? new Map<string, string>()
        refusedCopies.set(found.id, refusedHere)
        return fakeChannel({ row: found, clock, source, programs, refused: refusedHere, connection: connection.signal })
      }, signal),
    restartContainer: (id, _graceSeconds) =>
      call(() => {
        const found = row(id)
        found.end(143, true)
        try {
          found.start()
        } catch (error) {
          throw refused(error instanceof Error ? error.message : String(error))
        }
      }),
    prune: (request, signal) =>
      call(() => fakePrune({ rows, images, cache, removeContainer, removeImage }, request), signal),
    async close() {
      for (const watch of [...watches]) watch.end()
      watches.clear()
    },

    program: (name, program) => void programs.set(name, program),
    image(ref, given = {}) {
      const image = images.add(imageOf(given, platform))
      images.tag(image.id, ref)
      return image.id
    },
    removeImage,
    createContainer,
    start: (id) => must(id).start(),
    exit: (id, code = 0) => must(id).end(code, false),
    stop: (id) => must(id).end(143, true),
    pause: (id) => must(id).pause(true),
    unpause: (id) => must(id).pause(false),
    health: (id, state, output = '') => must(id).health(state, output),
    print: (id, text, stream = 'stdout') => must(id).print(text, stream),
    removeContainer,
    all: () => [...rows.values()].map((one) => one.info()),
    filesOf(id) {
      const { tree } = must(id)
      const files = tree.paths().filter((path) => tree.get(path)?.kind !== 'folder')
      return Object.fromEntries(files.map((path) => [path, tree.get(path)?.text ?? '']))
    },
    writeTo: (id, path, text) => must(id).tree.put(path, fileEntry(text)),
    refuseCopies(id, path, words) {
      const key = must(id).id
      refusedCopies.set(key, (refusedCopies.get(key) ?? new Map()).set(path, words))
    },
    restartsInPlace: (id) => must(id).restartsInPlace(),
    builds: (): readonly FakeBuild[] => builds.map((build) => ({ ...build })),
    registry: () => new Map([...registry].map(([ref, { id }]) => [ref, id])),
    publish(ref, given = {}) {
      const image = { ...imageOf(given, platform), createdAt: clock.now() }
      registry.set(ref, image)
      return image.id
    },
    refusePushes(words) {
      pushRefusal = words
    },
    occupyPort: (port) => void occupied.add(port),
    freePort: (port) => void occupied.delete(port),
    goAway() {
      const error = unreachable()
      connection.abort(error)
      for (const watch of [...watches]) watch.end(error)
      watches.clear()
    },
    comeBack() {
      if (connection.signal.aborted) connection = new AbortController()
    },
  }
}
