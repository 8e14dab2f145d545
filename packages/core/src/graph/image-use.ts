import type { ImageUse } from '@tiltts/spec'
import type { DeployedNode } from './declared.js'
import { closureOf, type ImageBases } from './image-bases.js'
import type { DeclaredImage, ImageIndex } from './image-index.js'
import type { PodImage } from './kubernetes-images.js'

/** Which images are needed, and by whom. */
export interface ImageUses {
  /** Images of each service and Kubernetes resource, with all that they are built upon, bases first. */
  of(node: DeployedNode): readonly ImageUse[]
  /** Images that something runs, with what they are built upon; in order of declaration. */
  readonly needed: readonly DeclaredImage[]
  /** Who runs an image, by its name. */
  readonly deployedBy: ReadonlyMap<string, readonly DeployedNode[]>
}

/** @param deployed the images that each node runs; `refs` only where manifests name them */
export function imageUses(
  images: ImageIndex,
  bases: ImageBases,
  deployed: ReadonlyMap<DeployedNode, readonly (Pick<PodImage, 'image'> & Partial<PodImage>)[]>,
): ImageUses {
  const deployedBy = new Map<string, DeployedNode[]>()
  const uses = new Map<DeployedNode, readonly ImageUse[]>()
  for (const [node, run] of deployed) {
    for (const { image } of run) {
      const group = deployedBy.get(image.name)
      if (group === undefined) deployedBy.set(image.name, [node])
      else group.push(node)
    }
    const refs = new Map(run.map(({ image, refs: written }) => [image.name, written]))
    if (run.length > 0) uses.set(node, usesOf(refs, images, bases))
  }
  const needed = new Set([...uses.values()].flatMap((all) => all.map((use) => use.name)))
  return {
    of: (node) => uses.get(node) ?? [],
    needed: images.all.filter(({ name }) => needed.has(name)),
    deployedBy,
  }
}

function usesOf(
  deployed: ReadonlyMap<string, readonly string[] | undefined>,
  images: ImageIndex,
  bases: ImageBases,
): readonly ImageUse[] {
  const inputs = new Map<string, readonly string[]>()
  return closureOf([...deployed.keys()], bases.of).flatMap((name) => {
    const image = images.get(name)
    if (image === undefined) return []
    const below = (bases.of.get(name) ?? []).flatMap((base) => inputs.get(base) ?? [])
    inputs.set(name, [...new Set([...imageInputs(image), ...below])])
    const isDeployed = deployed.has(name)
    const refs = deployed.get(name)
    return [
      {
        name,
        deployed: isDeployed,
        liveUpdate: isDeployed ? image.node.liveUpdate : undefined,
        inputs: inputs.get(name) ?? [],
        ...(refs !== undefined && { refs }),
      },
    ]
  })
}

/** Absolute paths whose files the image is built from. */
export function imageInputs({ node }: DeclaredImage): readonly string[] {
  return node.build === 'docker' ? [node.context] : [...new Set(node.deps)]
}
