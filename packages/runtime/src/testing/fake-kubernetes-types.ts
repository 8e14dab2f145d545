import type { KubernetesManifest, KubernetesRef } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import type { Kubernetes, KubernetesContext, KubernetesInfo, PodContainerRef, PodRef } from '../ports/kubernetes.js'
import type { FakeContainerProgram } from './fake-docker-programs.js'
import type { FakeSource } from './fake-docker-source.js'

export interface FakeKubernetesOptions {
  /** Time of pods, controllers and watches. */
  readonly clock: Clock
  /** What is copied into containers comes from here. @default none */
  readonly files?: FakeSource | undefined
  /** @default kind-test, local, namespace `default`; null: there is no kubeconfig */
  readonly context?: Partial<KubernetesContext> | null | undefined
  readonly info?: Partial<KubernetesInfo> | undefined
  /** By the whole command line, or its first word. What is not here runs for ever. */
  readonly programs?: Readonly<Record<string, FakeContainerProgram>> | undefined
  /** Milliseconds that a pod takes to be placed, and each container to be started. @default 20 */
  readonly startMs?: number | undefined
  /** Milliseconds until a container with a readiness probe is ready. @default 50 */
  readonly readyMs?: number | undefined
}

export interface FakePodImage {
  /** Text by absolute path. */
  readonly files?: Readonly<Record<string, string>> | undefined
  readonly cmd?: readonly string[] | undefined
  /** Whether it has what takes files: a shell with tar, or the helper. @default true */
  readonly takesFiles?: boolean | undefined
}

/** What is refused; a field that is absent stands for all. */
export interface FakeDenial {
  readonly verb?: FakeVerb | undefined
  readonly kind?: string | undefined
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  /** @default a missing right: 403, Forbidden, as RBAC says it */
  readonly status?: number | undefined
  readonly message?: string | undefined
}

export type FakeVerb = 'get' | 'list' | 'watch' | 'patch' | 'delete' | 'logs' | 'exec' | 'portforward'

/** The far end of a connection to a port of a pod. */
export interface FakePodServer {
  readonly pod: string
  readonly input: AsyncIterable<Uint8Array>
  write(text: string): void
  end(): void
}

/** What is done with each connection. */
export type FakePodProgram = (connection: FakePodServer) => void | Promise<void>

export interface FakeKubernetesControls {
  /** All objects, or those of a kind, as they are now. */
  objects(kind?: string): readonly KubernetesManifest[]
  object(ref: KubernetesRef): KubernetesManifest | undefined
  /** All writes that came through the port, oldest first: `patch Deployment shop/web`. */
  writes(): readonly string[]
  /** Applies as somebody else: `kubectl-client-side-apply`, `tilt`. */
  applyAs(manager: string, object: KubernetesManifest): KubernetesManifest
  /** As a controller, or somebody by hand. */
  edit(ref: KubernetesRef, fn: (object: KubernetesManifest) => KubernetesManifest): void
  delete(ref: KubernetesRef): void
  /** What an image holds. All images are there that were not named to `missingImage`. */
  image(ref: string, image: FakePodImage): void
  /** From now on it cannot be pulled; `undefined`: it can. */
  missingImage(ref: string, words?: string | undefined): void
  imageIsThere(ref: string): void
  /** From now on pods stay unplaced, with these words; `undefined`: no longer. */
  full(words: string | undefined): void
  program(name: string, program: FakeContainerProgram): void
  /** Names of the pods of a namespace that are there, oldest first. */
  pods(namespace?: string): readonly string[]
  print(target: PodContainerRef, text: string, stream?: 'stdout' | 'stderr'): void
  /** Ends the process of a container. */
  exit(target: PodContainerRef, code?: number): void
  ready(target: PodContainerRef, ready: boolean): void
  evict(pod: PodRef, message: string): void
  /** Text of files, by their paths; of a link its target. */
  filesOf(target: PodContainerRef): Readonly<Record<string, string>>
  /** From now on copies to and below a path fail with these words. */
  refuseCopies(target: PodContainerRef, path: string, words: string): void
  restartsInPlace(target: PodContainerRef): number
  /** What listens on a port of every pod. */
  serve(port: number, server: FakePodProgram): void
  /** Refuses calls until the returned function is called. */
  deny(denial: FakeDenial): () => void
  /** No watch knows any more where it was. */
  loseHistory(): void
  /** Nothing answers any more: calls reject, watches are lost, streams break off. Pods run on. */
  goAway(): void
  comeBack(): void
}

export type FakeKubernetes = Kubernetes & FakeKubernetesControls
