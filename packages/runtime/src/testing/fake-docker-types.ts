import type { PortBinding } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import type { ContainerInfo, Docker, DockerInfo } from '../ports/docker.js'
import type { FakeContainerProgram } from './fake-docker-programs.js'
import type { FakeFiles } from './fake-files.js'

export interface FakeDockerOptions {
  readonly clock: Clock
  /** Where build contexts and what is copied into containers come from. @default nothing is there */
  readonly files?: Pick<FakeFiles, 'tree' | 'lookAt'> | undefined
  /**
   * Commands by name: the whole command line (`npm ci`) or its first word; a `sh -c` is looked through. They are what
   * `RUN` does in a build (an unknown one does nothing, successfully), what `run` does in a container (an unknown one is
   * not found), and what a container's own command does (an unknown one runs until it is stopped).
   */
  readonly programs?: Readonly<Record<string, FakeContainerProgram>> | undefined
  readonly info?: Partial<DockerInfo> | undefined
}

export interface FakeImageOptions {
  /** Text by absolute path. */
  readonly files?: Readonly<Record<string, string>> | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly entrypoint?: readonly string[] | undefined
  readonly cmd?: readonly string[] | undefined
  readonly user?: string | undefined
  readonly platform?: string | undefined
}

export interface FakeContainerOptions {
  /** @default one made up */
  readonly name?: string | undefined
  /** By reference or id. @default 'busybox:latest' */
  readonly image?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** `hostPort: 0` gets a free one at the start. */
  readonly ports?: readonly PortBinding[] | undefined
  /** Whether it has a health check: it is `starting` from its start until `health` says otherwise. @default false */
  readonly healthcheck?: boolean | undefined
  /** `no`, `always`, `unless-stopped`, `on-failure[:n]`. @default 'no' */
  readonly restart?: string | undefined
  /** Instead of those of the image. */
  readonly entrypoint?: readonly string[] | undefined
  readonly cmd?: readonly string[] | undefined
  /** What its main process does. @default the program of its command; without one it runs until it is stopped */
  readonly main?: FakeContainerProgram | undefined
  /** Whether its process can be restarted in place. @default the helper runs in front of its command */
  readonly canRestartProcess?: boolean | undefined
}

/** One call of the builder. */
export interface FakeBuild {
  readonly name: string
  /** `undefined`: it failed, was aborted, or runs still. */
  readonly imageId: string | undefined
  readonly at: number
}

/** What a test can do with the fake engine, and see of it. */
export interface FakeDockerControls {
  /** Installs a command, or replaces it for processes started from now on. */
  program(name: string, program: FakeContainerProgram): void
  /** Puts an image there, as another tool's build does, and tags it. Returns its id. */
  image(ref: string, options?: FakeImageOptions): string
  /** Removes a tag; the image itself, when it was the last or an id is given. */
  removeImage(ref: string): void
  /** Creates a container and returns its id. Throws when there is no such image, or the name is taken. */
  createContainer(options?: FakeContainerOptions): string
  /** Starts it, as `docker start`. Throws when a port of it is taken. */
  start(id: string): void
  /** Its main process ends; a restart policy takes its course. */
  exit(id: string, code?: number): void
  /** Stops it, as `docker stop`: exit code 143, no restart policy. */
  stop(id: string): void
  pause(id: string): void
  unpause(id: string): void
  /** What its health check says from now on. */
  health(id: string, state: 'starting' | 'healthy' | 'unhealthy', output?: string): void
  /** Its main process prints. */
  print(id: string, text: string, stream?: 'stdout' | 'stderr'): void
  /** As `docker rm --force`. */
  removeContainer(id: string): void
  /** All containers, oldest first. */
  all(): readonly ContainerInfo[]
  /** Text of its files by path; of a link its target. */
  filesOf(id: string): Readonly<Record<string, string>>
  /** Changes a file of a container from within. */
  writeTo(id: string, path: string, text: string): void
  /** From now on copies to and below a path fail with these words: `read-only file system`. */
  refuseCopies(id: string, path: string, words: string): void
  /** How often the process of a container was restarted in place. */
  restartsInPlace(id: string): number
  /** All calls of the builder, oldest first. */
  builds(): readonly FakeBuild[]
  /** What is in registries: image ids by reference. */
  registry(): ReadonlyMap<string, string>
  /** Puts an image into the registry, as another machine's push does. Returns its id. */
  publish(ref: string, options?: FakeImageOptions): string
  /** From now on pushes fail with these words; `undefined`: no longer. */
  refusePushes(words: string | undefined): void
  /** A port of the host that something else listens on. */
  occupyPort(port: number): void
  freePort(port: number): void
  /** Nothing answers any more: all calls reject, watches and channels end, builds break off. Containers stay as they are. */
  goAway(): void
  comeBack(): void
}

export type FakeDocker = Docker & FakeDockerControls
