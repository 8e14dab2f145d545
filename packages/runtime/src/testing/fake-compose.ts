import { compileIgnore } from '@tiltts/core/paths'
import { type ComposeService, InfraError, isTiltError } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import type { Compose, ComposeEnd, ComposeLoad, ComposeRequest } from '../ports/compose.js'
import type { ContainerInfo } from '../ports/docker.js'
import {
  argvOf,
  type FakeComposeDefinition,
  type FakeComposeFile,
  readFakeProject,
  volumesOf,
} from './fake-compose-file.js'
import type { FakeDocker } from './fake-docker.js'
import type { FakeContainerProgram } from './fake-docker-programs.js'
import { sha256 } from './fake-docker-tree.js'
import type { FakeFiles } from './fake-files.js'

export type { FakeComposeDefinition, FakeComposeFile } from './fake-compose-file.js'

export type FakeComposeVerb = 'load' | 'build' | 'up' | 'remove' | 'down'

export interface FakeComposeOptions {
  readonly docker: FakeDocker
  /** For `slow`, and for `wait`, which has its first look after half a second. @default all takes no time */
  readonly clock?: Clock | undefined
  /** Where compose files are that `projects` does not have: their text is JSON, which is YAML, too. */
  readonly files?: Pick<FakeFiles, 'lookAt'> | undefined
  /** Compose files by absolute path. */
  readonly projects?: Readonly<Record<string, FakeComposeFile>> | undefined
  /** What the main process of a service's container does, by the name of the service. @default as the engine has it */
  readonly mains?: Readonly<Record<string, FakeContainerProgram>> | undefined
  /** COMPOSE_PROFILES. */
  readonly profiles?: readonly string[] | undefined
}

/** One thing that compose was asked to do. */
export interface FakeComposeCall {
  readonly verb: FakeComposeVerb
  /** Absent for `load` of a project without a name. */
  readonly project: string | undefined
  readonly services: readonly string[]
}

export interface FakeComposeControls {
  /** Writes a compose file, or takes it away. */
  write(path: string, file: FakeComposeFile | undefined): void
  /** From now on what the verb is asked for fails with these words; only for one service when it is named. `undefined`: no longer. */
  fail(verb: FakeComposeVerb, words: string | undefined, service?: string): void
  /** From now on all is rejected with `compose/missing`; `undefined`: no longer. */
  missing(words: string | undefined): void
  /** From now on each of these takes so long. */
  slow(verb: FakeComposeVerb, ms: number): void
  /** What was asked for, oldest first. */
  calls(): readonly FakeComposeCall[]
  /** Containers of a service, by number. */
  containersOf(project: string, service: string): readonly ContainerInfo[]
  /** Names of volumes that are there. */
  volumes(): readonly string[]
  /** Names of networks that are there. */
  networks(): readonly string[]
}

export type FakeCompose = Compose & FakeComposeControls

const label = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  hash: 'com.docker.compose.config-hash',
  image: 'com.docker.compose.image',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
} as const

/**
 * Docker Compose in memory, on a fake engine.
 *
 * @example
 * const compose = fakeCompose({ docker, projects: { '/app/compose.yaml': { services: { db: { image: 'busybox' } } } } })
 * await compose.up({ project: { name: 'app', dir: '/app', files: ['/app/compose.yaml'] }, services: ['db'], ... }, signal)
 * docker.exit(compose.containersOf('app', 'db')[0].id, 1)
 */
export function fakeCompose(options: FakeComposeOptions): FakeCompose {
  const { docker } = options
  const projects = new Map(Object.entries(options.projects ?? {}))
  const faults = new Map<string, string>()
  const delays = new Map<FakeComposeVerb, number>()
  const calls: FakeComposeCall[] = []
  const volumes = new Set<string>()
  const networks = new Set<string>()
  let missing: string | undefined

  const textOf = (path: string): string | undefined => {
    const file = projects.get(path)
    if (file) return JSON.stringify(file, undefined, 2)
    const entry = options.files?.lookAt(path)
    return entry?.kind === 'file' ? entry.text : undefined
  }
  const read = (
    project: ComposeRequest['project'] | Parameters<Compose['load']>[0],
  ): ReturnType<typeof readFakeProject> => readFakeProject(project, textOf, options.profiles ?? [])

  const begin = async (call: FakeComposeCall, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    if (missing !== undefined) throw new InfraError('compose/missing', 'compose', missing)
    calls.push(call)
    const ms = delays.get(call.verb) ?? 0
    if (ms > 0) await options.clock?.sleep(ms, signal)
    signal.throwIfAborted()
  }
  const faultOf = (verb: FakeComposeVerb, services: readonly string[]): string | undefined =>
    faults.get(verb) ?? services.map((service) => faults.get(`${verb} ${service}`)).find((words) => words !== undefined)

  const containersOf = (project: string, service?: string): readonly ContainerInfo[] =>
    docker
      .all()
      .filter(({ labels }) => labels[label.project] === project)
      .filter(({ labels }) => service === undefined || labels[label.service] === service)
      .sort((one, other) => Number(one.labels[label.number]) - Number(other.labels[label.number]))

  /** Runs what a command does; what goes wrong in it is how compose ends. */
  const command = async (
    verb: FakeComposeVerb,
    request: Omit<ComposeRequest, 'services'> & { readonly services?: readonly string[] },
    signal: AbortSignal,
    work: () => void | Promise<void>,
  ): Promise<ComposeEnd> => {
    const { services = [], project, onOutput } = request
    await begin({ verb, project: project.name, services }, signal)
    try {
      await docker.info(signal)
      const fault = faultOf(verb, services)
      if (fault !== undefined) throw new Error(fault)
      await work()
      return { exitCode: 0 }
    } catch (error) {
      signal.throwIfAborted()
      if (isTiltError(error)) throw error
      const words = error instanceof Error ? error.message : String(error)
      onOutput(`${words}\n`, 'stderr')
      return { exitCode: 1, error: words }
    }
  }

  /** The services as the files have them now. */
  const known = ({ project, services }: Pick<ComposeRequest, 'project' | 'services'>): readonly Known[] => {
    const { definitions, diagnostics, project: found } = read(project)
    const bad = diagnostics.find(({ severity }) => severity === 'error')
    if (bad) throw new Error(bad.message)
    return services.map((name) => {
      const definition = definitions.get(name)
      const service = found?.services.find((one) => one.name === name)
      if (definition === undefined || service === undefined) throw new Error(`no such service: ${name}`)
      return { definition, service }
    })
  }

  /** With the containers that it shares something with, as they are now. */
  const hashOf = (project: string, { name, configHash, configHashParts }: ComposeService): string => {
    if (configHashParts === undefined) return configHash
    const texts = configHashParts.map((part) => {
      if (typeof part === 'string') return part
      const [container] = containersOf(project, part.containerOf)
      if (container) return container.id
      throw new Error(`cannot share network namespace with service ${part.containerOf} of ${name}: container missing`)
    })
    return sha256(texts.join(''))
  }

  const create = (project: string, { definition, service }: Known, number: number, imageId: string): string => {
    for (const name of volumesOf(project, definition)) volumes.add(name)
    networks.add(`${project}_default`)
    const main = options.mains?.[service.name]
    return docker.createContainer({
      name: `${project}-${service.name}-${number}`,
      image: imageId,
      labels: {
        ...definition.labels,
        [label.project]: project,
        [label.service]: service.name,
        [label.hash]: hashOf(project, service),
        [label.image]: imageId,
        [label.number]: String(number),
        [label.oneOff]: 'False',
      },
      ports: service.ports.map(({ target, published = 0, hostIp = '0.0.0.0', protocol }) => ({
        containerPort: target,
        hostPort: published,
        hostIP: hostIp,
        protocol,
      })),
      healthcheck: service.hasHealthcheck,
      restart: service.restart,
      entrypoint: argvOf(definition.entrypoint),
      cmd: argvOf(definition.command),
      main,
    })
  }

  const upOne = async (
    request: ComposeRequest & { readonly recreate: boolean },
    wanted: Known,
    say: (container: string, what: string) => void,
  ): Promise<readonly string[]> => {
    const { service } = wanted
    const project = request.project.name
    const hash = hashOf(project, service)
    const image = await docker.inspectImage(service.image)
    if (image === undefined) throw new Error(`Error response from daemon: No such image: ${service.image}`)
    const there = containersOf(project, service.name)
    const ids: string[] = []
    for (let number = 1; number <= service.scale; number++) {
      const name = `${project}-${service.name}-${number}`
      const old = there.find(({ labels }) => labels[label.number] === String(number))
      const same = old?.labels[label.hash] === hash && old.labels[label.image] === image.id
      if (old && same && !request.recreate) {
        ids.push(old.id)
        if (old.state.running) say(name, 'Running')
        continue
      }
      if (old) docker.removeContainer(old.id)
      ids.push(create(project, wanted, number, image.id))
      say(name, old ? 'Recreated' : 'Created')
    }
    for (const { id, name } of there.slice(service.scale)) {
      docker.removeContainer(id)
      say(name, 'Removed')
    }
    for (const id of ids) {
      const container = docker.all().find((one) => one.id === id)
      if (container === undefined || container.state.running) continue
      docker.start(id)
      say(container.name, 'Started')
    }
    return ids
  }

  /** Until all run and are healthy. */
  const untilUp = async (project: string, ids: readonly string[], signal: AbortSignal): Promise<void> => {
    await options.clock?.sleep(500, signal)
    let wake = (): void => {}
    const watch = await docker.watchContainers({ [label.project]: project }, () => wake())
    try {
      for (;;) {
        const changed = new Promise<void>((resolve, reject) => {
          wake = resolve
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
          watch.ended.catch(reject)
        })
        changed.catch(() => {})
        const states = await Promise.all(ids.map((id) => docker.inspectContainer(id)))
        for (const one of states) {
          if (one === undefined) throw new Error('a container was removed')
          const { status, exitCode, healthStatus } = one.state
          if (status === 'exited' && exitCode !== 0) throw new Error(`container ${one.name} exited (${exitCode})`)
          if (healthStatus === 'unhealthy') throw new Error(`container ${one.name} is unhealthy`)
        }
        if (states.every((one) => one !== undefined && isUp(one))) return
        await changed
      }
    } finally {
      watch.close()
    }
  }

  const buildOne = async (
    { definition, service }: Known,
    request: ComposeRequest,
    signal: AbortSignal,
  ): Promise<void> => {
    const { build } = service
    if (build === undefined) return
    const path = build.dockerfile ?? `${build.context}/Dockerfile`
    const dockerfile = options.files?.lookAt(path)
    if (dockerfile?.kind !== 'file')
      throw new Error(`failed to read dockerfile: open ${path}: no such file or directory`)
    const outcome = await docker.build(
      {
        name: service.image,
        context: { folder: build.context, ...compileIgnore(build.ignores ?? []) },
        dockerfile: dockerfile.text,
        dockerfilePath: path,
        buildArgs: {},
        target: typeof definition.build === 'object' ? definition.build.target : undefined,
        platform: undefined,
        network: undefined,
        pull: false,
        cacheFrom: [],
        extraHosts: [],
        ssh: [],
        secrets: [],
        labels: {},
        tags: [service.image],
      },
      (event) => {
        if (event.kind === 'output') request.onOutput(event.text, event.stream)
        else if (event.kind === 'step' && event.state !== 'running') request.onOutput(`${event.name}\n`, 'stderr')
      },
      signal,
    )
    if (!outcome.ok) throw new Error(outcome.failure.message)
  }

  return {
    async load(project, signal): Promise<ComposeLoad> {
      await begin({ verb: 'load', project: project.name, services: [] }, signal)
      const { definitions: _definitions, ...load } = read(project)
      const fault = faultOf('load', [])
      if (fault === undefined) return load
      const failure = { code: 'compose/invalid' as const, severity: 'error' as const, message: fault, places: [] }
      return { ...load, project: undefined, diagnostics: [failure] }
    },
    build: (request, signal) =>
      command('build', request, signal, async () => {
        for (const service of known(request)) await buildOne(service, request, signal)
      }),
    up: (request, signal) =>
      command('up', request, signal, async () => {
        const { name } = request.project
        const say = (container: string, what: string): void =>
          request.onOutput(` Container ${container}  ${what}\n`, 'stderr')
        const ids: string[] = []
        for (const service of known(request)) {
          signal.throwIfAborted()
          try {
            ids.push(...(await upOne(request, service, say)))
          } catch (error) {
            const words = error instanceof Error ? error.message : String(error)
            throw words.startsWith('Error response') ? error : new Error(`Error response from daemon: ${words}`)
          }
        }
        if (request.wait) await untilUp(name, ids, signal)
      }),
    async remove(request, signal) {
      const { project, services, onOutput } = request
      await begin({ verb: 'remove', project: project.name, services }, signal)
      await docker.info(signal)
      const fault = faultOf('remove', services)
      if (fault !== undefined) {
        onOutput(`${fault}\n`, 'stderr')
        return { exitCode: 1, error: fault }
      }
      for (const service of services) {
        for (const { id, name } of containersOf(project.name, service)) {
          docker.removeContainer(id)
          onOutput(` Container ${name}  Removed\n`, 'stderr')
        }
      }
      return { exitCode: 0 }
    },
    down: (request, signal) =>
      command('down', request, signal, () => {
        const { name } = request.project
        for (const { id } of containersOf(name)) docker.removeContainer(id)
        networks.delete(`${name}_default`)
        if (!request.volumes) return
        for (const volume of [...volumes]) if (volume.startsWith(`${name}_`)) volumes.delete(volume)
      }),

    write(path, file) {
      if (file) projects.set(path, file)
      else projects.delete(path)
    },
    fail(verb, words, service) {
      const key = service === undefined ? verb : `${verb} ${service}`
      if (words === undefined) faults.delete(key)
      else faults.set(key, words)
    },
    missing(words) {
      missing = words
    },
    slow: (verb, ms) => void delays.set(verb, ms),
    calls: () => [...calls],
    containersOf,
    volumes: () => [...volumes].sort(),
    networks: () => [...networks].sort(),
  }
}

function isUp({ state: { running, status, healthStatus = 'healthy' } }: ContainerInfo): boolean {
  return running ? healthStatus === 'healthy' : status === 'exited'
}

interface Known {
  readonly definition: FakeComposeDefinition
  readonly service: ComposeService
}
