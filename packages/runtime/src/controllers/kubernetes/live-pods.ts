import { parseImageRef, registryRef } from '@tiltts/core/images'
import { liveUses } from '@tiltts/core/live-update'
import type { ObjectStore } from '@tiltts/core/store'
import type { Image, ImageUse, Pod, PodContainer, RegistrySpec, Resource } from '@tiltts/spec'
import type { LiveContainer } from '../../executors/live-update/live-container.js'
import type { PodContainerRef } from '../../ports/kubernetes.js'

export interface LivePodsDeps {
  readonly store: Pick<ObjectStore, 'get'>
  /** Where the cluster pulls images of the session from. */
  readonly registry: () => RegistrySpec | undefined
}

/**
 * The containers of a resource's pods that its live updates are for: those that run an image of it, or that it selects.
 * Init containers have done their work, and pods that go away are left alone.
 */
export function livePods(deps: LivePodsDeps, { metadata, spec }: Resource): readonly LiveContainer[] {
  const pods = deps.store.get('KubernetesDiscovery', metadata.name)?.status.pods ?? []
  const uses = liveUses(spec).filter(({ deployed }) => deployed)
  const selects = uses.map((use) => ({ name: use.name, matches: matcherOf(deps, use, spec) }))
  return pods.filter(isStaying).flatMap((pod) =>
    pod.containers.flatMap((container): readonly LiveContainer[] => {
      if (container.init && !container.sidecar) return []
      const runs = selects.filter(({ matches }) => matches(container))
      return runs.length === 0 ? [] : [liveContainer(pod, container, new Set(runs.map(({ name }) => name)))]
    }),
  )
}

function matcherOf(
  deps: LivePodsDeps,
  { name }: ImageUse,
  { kubernetes }: Resource['spec'],
): (container: PodContainer) => boolean {
  const image = deps.store.get('Image', name)
  const { containerSelector, imageSelector } = kubernetes?.custom ?? {}
  if (image === undefined && name === containerSelector) return (container) => container.name === name
  const refs = image === undefined ? [imageSelector] : refsOf(image, deps.registry())
  const repositories = new Set(refs.map(repositoryOf))
  repositories.delete(undefined)
  return (container) => repositories.has(repositoryOf(container.image))
}

export function isStaying({ deleting, phase }: Pod): boolean {
  return !deleting && phase !== 'Succeeded' && phase !== 'Failed'
}

function liveContainer(pod: Pod, container: PodContainer, images: ReadonlySet<string>): LiveContainer {
  const { state, waiting, terminated, lastEnd } = container
  const exitCode = terminated?.exitCode ?? lastEnd?.exitCode
  return {
    id: containerKey(pod, container),
    name: `${container.name} of pod ${pod.name}`,
    state: {
      running: state === 'running',
      status: state === 'terminated' ? 'exited' : (waiting?.reason ?? state),
      ...(exitCode !== undefined && { exitCode }),
    },
    images,
  }
}

/** Names one run of a container: each begins with the files of its image. */
export function containerKey({ namespace, name }: Pod, container: PodContainer): string {
  return [namespace, name, container.name, container.id].join('/')
}

/** The container that a key names. */
export function containerOfKey(key: string): PodContainerRef {
  const [namespace = '', pod = '', container = ''] = key.split('/')
  return { namespace, pod, container }
}

/** Whether a container runs an image of the session, in whatever build. */
export function isBuiltHere(
  { store, registry }: { readonly store: Pick<ObjectStore, 'list'>; readonly registry: LivePodsDeps['registry'] },
  { image }: Pick<PodContainer, 'image'>,
): boolean {
  const repository = repositoryOf(image)
  return store.list('Image').some((one) => refsOf(one, registry()).some((ref) => repositoryOf(ref) === repository))
}

/** All names by which the cluster may know an image that is built here. */
function refsOf({ spec, status }: Image, registry: RegistrySpec | undefined): readonly (string | undefined)[] {
  return [spec.node.ref, registryRef(spec.node.ref, registry).cluster, status.result?.ref]
}

/** Without the tag: another build of an image is the same image. */
function repositoryOf(ref: string | undefined): string | undefined {
  return ref === undefined ? undefined : parseImageRef(ref)?.canonical
}
