import type { ImageUse } from '@tiltts/spec'
import type { ServiceNode } from './declared.js'
import { closureOf, type ImageBases } from './image-bases.js'
import type { DeclaredImage, ImageIndex } from './image-index.js'
import type { ServiceImage } from './service-images.js'

/** Which images are needed, and by whom. */
export interface ImageUses {
  /** Images of each service, with all that they are built upon, bases first. */
  of(service: ServiceNode): readonly ImageUse[]
  /** Images that services run, with what they are built upon; in order of declaration. */
  readonly needed: readonly DeclaredImage[]
  /** Services that run an image, by its name. */
  readonly deployedBy: ReadonlyMap<string, readonly ServiceNode[]>
}

export function imageUses(
  images: ImageIndex,
  bases: ImageBases,
  services: ReadonlyMap<ServiceNode, ServiceImage>,
): ImageUses {
  const deployedBy = new Map<string, ServiceNode[]>()
  for (const [node, { image }] of services) {
    if (image === undefined) continue
    const group = deployedBy.get(image.name)
    if (group === undefined) deployedBy.set(image.name, [node])
    else group.push(node)
  }
  const uses = new Map<string, readonly ImageUse[]>()
  for (const name of deployedBy.keys()) uses.set(name, usesOf(name, images, bases))
  const needed = new Set([...uses.values()].flatMap((all) => all.map((use) => use.name)))
  return {
    of: (service) => uses.get(services.get(service)?.image?.name ?? '') ?? [],
    needed: images.all.filter(({ name }) => needed.has(name)),
    deployedBy,
  }
}

function usesOf(deployed: string, images: ImageIndex, bases: ImageBases): readonly ImageUse[] {
  const inputs = new Map<string, readonly string[]>()
  return closureOf([deployed], bases.of).flatMap((name) => {
    const image = images.get(name)
    if (image === undefined) return []
    const below = (bases.of.get(name) ?? []).flatMap((base) => inputs.get(base) ?? [])
    inputs.set(name, [...new Set([...imageInputs(image), ...below])])
    const isDeployed = name === deployed
    return [
      {
        name,
        deployed: isDeployed,
        liveUpdate: isDeployed ? image.node.liveUpdate : undefined,
        inputs: inputs.get(name) ?? [],
      },
    ]
  })
}

/** Absolute paths whose files the image is built from. */
export function imageInputs({ node }: DeclaredImage): readonly string[] {
  return node.build === 'docker' ? [node.context] : [...new Set(node.deps)]
}
