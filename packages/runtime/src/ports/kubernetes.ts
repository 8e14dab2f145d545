import type { ClusterProduct, KubernetesManifest, KubernetesRef } from '@tiltts/spec'
import type { ContainerChannel } from './container-channel.js'
import type { LogChunk } from './docker.js'

/**
 * The cluster of one kubeconfig context, pinned when it was first asked for. Calls reject with an InfraError:
 * `kubernetes/unreachable` when nothing answers (worth trying again later), `kubernetes/unauthorized` (credentials are
 * read anew at the next call), `kubernetes/forbidden`, `kubernetes/refused` with the API server's own words. What else the
 * server has said is told by `kubernetesRefusal`. Aborting rejects, too.
 */
export interface Kubernetes {
  /** The context of the session; `undefined` without a kubeconfig or a current context. Does not speak to the cluster. */
  context(): Promise<KubernetesContext | undefined>
  /** Asks the cluster who it is; also the way to find out whether it is there. */
  info(signal?: AbortSignal): Promise<KubernetesInfo>
  /** Server-side apply. Resolves with the object as the server has it then. */
  apply(request: ApplyRequest, signal: AbortSignal): Promise<KubernetesManifest>
  /** `undefined`: there is no such object, or no such kind. */
  get(ref: KubernetesRef, signal: AbortSignal): Promise<KubernetesManifest | undefined>
  /** Resolves once the server has taken it; `absent` when there was none, or it has another uid than the given one. */
  remove(ref: KubernetesRef, options: RemoveOptions, signal: AbortSignal): Promise<'removed' | 'absent'>
  /** Whether a kind is there, and whether its objects have a namespace. `undefined`: the cluster does not know it. */
  kind(apiVersion: string, kind: string, signal: AbortSignal): Promise<{ readonly namespaced: boolean } | undefined>
  /**
   * Lists, then follows; survives cut streams, restarts and lost history by itself and says so through `onState`. Objects
   * come without managedFields.
   */
  watch(selection: WatchSelection, listener: WatchListener): KubernetesWatch
  /** One page after another. */
  list(selection: WatchSelection, signal: AbortSignal): AsyncIterable<KubernetesManifest>
  /**
   * Output of one container until it ends, whole lines or pieces, in order. A cut stream is taken up again where it ended;
   * nothing is lost or sent twice.
   */
  logs(target: PodContainerRef, options: PodLogOptions, signal: AbortSignal): AsyncIterable<LogChunk>
  /** A way into a running container that is kept open, so that each edit costs one message. */
  openContainer(target: PodContainerRef, signal: AbortSignal, options?: OpenContainerOptions): Promise<ContainerChannel>
  /** One connection to a port of a pod. */
  connect(pod: PodRef, port: number, signal: AbortSignal): Promise<PodConnection>
  /** A kubeconfig file that holds the pinned context alone, for commands of the user's. Removed by `close`. */
  frozenKubeconfig(): Promise<string>
  close(): Promise<void>
}

export interface KubernetesContext {
  readonly name: string
  /** Of the context, or as the command line says. @default 'default' */
  readonly namespace: string
  /** The name of its cluster entry. */
  readonly cluster: string
  readonly product: ClusterProduct
  /** Whether it may be deployed to without being named by allowK8sContexts. */
  readonly isLocal: boolean
}

export interface KubernetesInfo {
  /** Of the namespace `kube-system`: tells this cluster from all others. '' when it may not be read. */
  readonly uid: string
  readonly version: string
  /** Of the first node, as Go names it; absent when nodes may not be read. */
  readonly arch?: string | undefined
  /** `docker`, `containerd`; absent when nodes may not be read. */
  readonly runtime?: string | undefined
  readonly nodeAnnotations: Readonly<Record<string, string>>
}

export interface ApplyRequest {
  readonly object: KubernetesManifest
  /** @default 'tiltts' */
  readonly fieldManager?: string | undefined
  /** Take over fields that others have set. */
  readonly force: boolean
  /** Nothing is written; the answer is what would be. */
  readonly dryRun?: boolean | undefined
  /** What the server takes, but warns of: fields that it does not know, kinds that will go away. */
  readonly onWarning?: ((message: string) => void) | undefined
}

export interface RemoveOptions {
  /** Only this very object. */
  readonly uid?: string | undefined
  /** `foreground`: it is gone once all that it owns is. @default 'background' */
  readonly propagation?: 'foreground' | 'background' | 'orphan' | undefined
  /** Seconds. @default the object's own */
  readonly graceSeconds?: number | undefined
}

export interface WatchSelection {
  readonly apiVersion: string
  readonly kind: string
  /** Absent: all of them. */
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

export interface WatchListener {
  /** At first, and whenever the history was lost: all there is. Then changes as they come. */
  readonly onChange: (change: WatchChange) => void
  readonly onState: (state: WatchState) => void
}

export type WatchChange =
  | { readonly type: 'all'; readonly objects: readonly KubernetesManifest[] }
  | { readonly type: 'put' | 'remove'; readonly object: KubernetesManifest }

/** `following`: nothing is missed. `lost`: it tries again by itself. `forbidden`: so it says, and tries again now and then. */
export type WatchState =
  | { readonly is: 'following' }
  | { readonly is: 'lost' | 'forbidden'; readonly message: string; readonly retryInMs: number }

export interface KubernetesWatch {
  close(): void
}

export interface PodRef {
  readonly namespace: string
  readonly pod: string
}

export interface PodContainerRef extends PodRef {
  readonly container: string
}

export interface OpenContainerOptions {
  /** Absent: the files of a container that has neither a shell with tar nor the helper cannot be had. */
  readonly beside?: ContainerBeside | undefined
}

/**
 * An ephemeral container with the helper, for a container whose image has nothing that takes files. It comes into the pod when
 * files are first copied, removed or looked at; one that is there from before is taken. It runs as the user of the container,
 * with no more rights.
 */
export interface ContainerBeside {
  /** The image that has the helper, as the nodes of the cluster pull it. */
  readonly image: (signal: AbortSignal) => Promise<HelperImage>
  /** Told, in words for people, before one is added. */
  readonly onAdd: (message: string) => void
}

/** `reason`: why there is none, and what to do about it, for people. */
export type HelperImage = { readonly ok: true; readonly ref: string } | { readonly ok: false; readonly reason: string }

export interface PodLogOptions {
  /** RFC 3339: only what came later. */
  readonly since?: string | undefined
  /** The run before this one. */
  readonly previous?: boolean | undefined
}

/** Bytes to and from a port of a pod. */
export interface PodConnection {
  /** Resolves when it can take more. */
  write(chunk: Uint8Array): Promise<void>
  /** No more will be written; what comes back still comes. */
  end(): void
  /**
   * Ends when the pod has closed its side; throws when the connection broke: with an error of `wasNotTaken` when nobody
   * had taken it.
   */
  readonly output: AsyncIterable<Uint8Array>
  close(): void
}
