import type { ImageNode, ImageResult, RegistrySpec } from '@tiltts/spec'
import { contentTag } from '../images/content-tag.js'
import { registryRef, taggedRefs } from '../images/registry.js'

/** What an image that was built is called on its way into a cluster. */
export interface ClusterImage {
  /** As this machine pushes it. */
  readonly local: string
  /** As the cluster's nodes pull it. */
  readonly cluster: string
  /** Whether it is ours to push; the command that built it may have done so. */
  readonly push: boolean
}

/** The names of a built image in the registry of a cluster; without a registry both are the local one. */
export function clusterImage(
  node: ImageNode,
  { ref, imageId }: Pick<ImageResult, 'ref' | 'imageId'>,
  registry: RegistrySpec | undefined,
): ClusterImage {
  if (node.build === 'custom') {
    const push = !node.disablePush && !node.skipsLocalDocker
    if (node.skipsLocalDocker && node.tag !== undefined && node.outputsImageRefTo === undefined)
      return { local: ref, cluster: ref, push: false }
    if (node.outputsImageRefTo !== undefined || node.skipsLocalDocker || imageId === undefined)
      return { local: ref, cluster: fromCluster(ref, registry), push: push && imageId !== undefined }
    return { ...taggedRefs(registryRef(node.ref, registry), contentTag(imageId)), push }
  }
  if (imageId === undefined) return { local: ref, cluster: ref, push: false }
  return { ...taggedRefs(registryRef(node.ref, registry), contentTag(imageId)), push: true }
}

/** The same reference with the name that the cluster has for the registry. */
function fromCluster(ref: string, registry: RegistrySpec | undefined): string {
  const host = registry?.hostFromCluster
  if (registry === undefined || host === undefined || host === '') return ref
  return ref.startsWith(`${registry.host}/`) ? `${host}${ref.slice(registry.host.length)}` : ref
}
