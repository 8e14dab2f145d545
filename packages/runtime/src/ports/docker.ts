import type { ContainerState, Diagnostic, Millis, PortBinding } from '@tiltts/spec'
import type { ContainerChannel } from './container-channel.js'
import type { BuildEvent, ImageBuildRequest } from './image-build.js'

/**
 * A Docker engine. Every call rejects with an InfraError: `docker/unreachable` when nothing answers (then it is worth
 * trying again later), `docker/refused` when it says no; its message is the engine's own. Aborting rejects, too.
 */
export interface Docker {
  /** Asks the engine who it is; also the way to find out whether it is there. */
  info(signal?: AbortSignal): Promise<DockerInfo>
  /** What the user did wrong is in the result; what the world did wrong rejects. */
  build(request: ImageBuildRequest, onEvent: (event: BuildEvent) => void, signal: AbortSignal): Promise<BuildOutcome>
  /** `undefined`: there is no such image here. By id, or by name and tag. */
  inspectImage(ref: string): Promise<ImageInfo | undefined>
  tag(imageId: string, ref: string): Promise<void>
  /** With the credentials of the user's Docker config. Rejects with `image/push-failed` and the registry's own words. */
  push(ref: string, onProgress: (line: string) => void, signal: AbortSignal): Promise<void>
  /** Fetches an image from its registry, with the credentials of the user's Docker config. Resolves with its id. */
  pull(ref: string, onProgress: (line: string) => void, signal: AbortSignal): Promise<string>
  /**
   * The digest of what a registry has under a reference now, asked without fetching it. `undefined`: that cannot be told,
   * as the registry does not answer or has no such image, or the engine has no way to ask.
   */
  registryDigest(ref: string, signal: AbortSignal): Promise<string | undefined>
  /** All that have the labels, in whatever state. */
  containers(labels: Readonly<Record<string, string>>): Promise<readonly ContainerInfo[]>
  inspectContainer(id: string): Promise<ContainerInfo | undefined>
  /**
   * Tells of all that happens to containers with the labels. Resolves once nothing from now on can be missed; look at
   * `containers` then. `ended` settles when the engine has gone away (rejects), or after `close` (resolves).
   */
  watchContainers(
    labels: Readonly<Record<string, string>>,
    onEvent: (event: ContainerEvent) => void,
  ): Promise<ContainerWatch>
  /**
   * Output of a container, whole lines or pieces, in order, until it stops. Nothing is lost or sent twice.
   *
   * @param since only what came later; by the engine's clock, with nanoseconds, as `LogChunk.time` has it
   */
  logs(id: string, options: { readonly since?: string | undefined }, signal: AbortSignal): AsyncIterable<LogChunk>
  /** A way into a running container that is kept open, so that each edit costs one message. */
  openContainer(id: string, signal: AbortSignal): Promise<ContainerChannel>
  /** Stops and starts the same container. @param graceSeconds before it is killed */
  restartContainer(id: string, graceSeconds: number): Promise<void>
  prune(request: PruneRequest, signal: AbortSignal): Promise<PruneSummary>
  close(): Promise<void>
}

export interface DockerInfo {
  /** Of this installation. */
  readonly id: string
  readonly version: string
  readonly apiVersion: string
  readonly flavour: 'docker' | 'podman'
  /** As Go names it: amd64, arm64. */
  readonly arch: string
  /** Where it is, for messages and for DOCKER_HOST of commands: `unix:///var/run/docker.sock`. */
  readonly host: string
  /** Names the builder that images are built by, with its version: part of what an image is made of. */
  readonly builder: string
  /** Whether images are kept in containerd, where a Kubernetes on the same containerd sees them. Absent: it does not say. */
  readonly containerdImages?: boolean | undefined
}

export type BuildOutcome =
  | { readonly ok: true; readonly imageId: string }
  /** `image/build-failed` or `config/invalid-dockerfile`, with places in the Dockerfile where they are known. */
  | { readonly ok: false; readonly failure: Diagnostic }

export interface ImageInfo {
  readonly id: string
  readonly tags: readonly string[]
  readonly digests: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly user: string
  /** As Docker writes platforms: `linux/amd64`. */
  readonly platform: string
  readonly createdAt: Millis
}

export interface ContainerInfo {
  readonly id: string
  readonly name: string
  readonly imageId: string
  readonly labels: Readonly<Record<string, string>>
  readonly createdAt: Millis
  readonly state: ContainerState
  readonly ports: readonly PortBinding[]
}

/** `change`: created, started, stopped, died, paused, its health turned over. `remove`: it is gone. */
export interface ContainerEvent {
  readonly container: string
  readonly what: 'change' | 'remove'
}

export interface ContainerWatch {
  readonly ended: Promise<void>
  close(): void
}

export interface LogChunk {
  readonly text: string
  readonly stream: 'stdout' | 'stderr'
  /** The engine's time of its last line, RFC 3339 with nanoseconds: give it as `since` to go on behind it. */
  readonly time: string
}

/** Which of what was built by this tool is removed. */
export interface PruneRequest {
  /** Repositories that belong to the config, as `shop/api`; images of others stay. */
  readonly repositories: readonly string[]
  readonly maxAgeMs: Millis
  /** So many of the newest images of each repository stay. */
  readonly keepRecent: number
  /** What is older than `now - maxAgeMs` goes. */
  readonly now: Millis
}

export interface PruneSummary {
  readonly containers: readonly string[]
  readonly images: readonly string[]
  readonly buildCaches: number
  readonly bytes: number
}
