import type {
  ImageJsonPathNode,
  ImageNode,
  KubernetesKindNode,
  KubernetesManifest,
  ManifestDocument,
  WorkloadId,
} from '@tiltts/spec'
import { imageMatches, parseImageRef } from '../images/image-ref.js'
import { type FoundImage, findImages } from './find-images.js'
import { type KindFacts, kindIndex } from './kind-facts.js'
import { groupOf } from './objects.js'

/** What tells an object from others of the cluster, and what it runs. */
export interface Identified {
  readonly object: KubernetesManifest
  readonly facts: KindFacts
  /** All places where it names images. */
  readonly images: readonly FoundImage[]
}

/**
 * What is deployed as a resource of its own: objects of kinds that the config has named, Jobs, CronJobs, and all that
 * names an image.
 *
 * @param documents of the whole config, in order
 */
export function workloadsOf(
  documents: readonly ManifestDocument[],
  kinds: readonly KubernetesKindNode[],
  imagePaths: readonly ImageJsonPathNode[],
  images: readonly ImageNode[],
): readonly WorkloadId[] {
  const index = kindIndex(kinds, imagePaths)
  const test = workloadTest(images)
  return documents.flatMap(({ object }) => {
    const facts = index.of(object)
    return test({ object, facts, images: findImages(object, facts) }) ? [workloadId(object)] : []
  })
}

/** @param images of the config: those that are looked for in environment variables make workloads, too */
export function workloadTest(images: readonly ImageNode[]): (object: Identified) => boolean {
  const inEnv = images.filter(({ matchInEnvVars }) => matchInEnvVars).flatMap(({ ref }) => parseImageRef(ref) ?? [])
  const isImage = ({ ref, where }: FoundImage): boolean => {
    if (where !== 'env') return true
    const used = inEnv.length === 0 ? undefined : parseImageRef(ref)
    return used !== undefined && inEnv.some((declared) => imageMatches(declared, used, false))
  }
  return ({ facts, images: found }) => facts.registered || found.some(isImage)
}

/** An object as `workloadToResourceFunction` gets it: no namespace is `default`, the core group `core`. */
export function workloadId({ apiVersion, kind, metadata }: KubernetesManifest): WorkloadId {
  const { name, namespace } = metadata
  return { name, kind, namespace: namespace || 'default', group: groupOf(apiVersion) || 'core' }
}

/** One text for each workload, by which names are looked up. */
export function workloadKey({ group, kind, namespace, name }: WorkloadId): string {
  return [group, kind, namespace, name].join('/')
}
