import type { Diagnostic, NamedRef } from '@tiltts/spec'
import type { KubernetesNode } from './declared.js'
import { type DeclaredImage, type ImageIndex, unknownImage } from './image-index.js'
import { placesOf } from './places.js'

/** An image that runs in pods, and what the manifests call it. */
export interface PodImage {
  readonly image: DeclaredImage
  /** As they stand in the manifests; empty for images that only a command deploys. */
  readonly refs: readonly string[]
}

/** The declared images of Kubernetes resources: those that their objects name, and those that the config gives them. */
export function kubernetesImages(
  nodes: readonly KubernetesNode[],
  images: ImageIndex,
): {
  readonly of: ReadonlyMap<KubernetesNode, readonly PodImage[]>
  readonly diagnostics: readonly Diagnostic[]
} {
  const diagnostics: Diagnostic[] = []
  const of = new Map<KubernetesNode, readonly PodImage[]>()
  const find = remembered((ref) => images.find(ref))
  for (const node of nodes) {
    const refs = new Map<DeclaredImage, Set<string>>()
    const add = (image: DeclaredImage, ref?: string): void => {
      const known = refs.get(image) ?? new Set()
      if (ref !== undefined) known.add(ref)
      refs.set(image, known)
    }
    for (const { ref, where } of node.members.flatMap((member) => member.images)) {
      const image = find(ref)
      if (image !== undefined && (where !== 'env' || image.node.matchInEnvVars)) add(image, ref)
    }
    if (node.image !== undefined) {
      const given = givenImage(node, node.image, images, find)
      diagnostics.push(...given.problems)
      if (given.image !== undefined) add(given.image, given.ref)
    }
    for (const { name, place } of node.custom?.imageDeps ?? []) {
      const image = images.named(name)
      if (image !== undefined) add(image)
      else
        diagnostics.push(
          unknownImage(name, `\`${node.name}\` is to be deployed with`, place ?? node.place, images.refs),
        )
    }
    if (refs.size > 0)
      of.set(
        node,
        [...refs].map(([image, written]) => ({ image, refs: [...written] })),
      )
  }
  return { of, diagnostics }
}

interface Given {
  readonly image: DeclaredImage | undefined
  /** What it stands for in the manifests, where these do not name it. */
  readonly ref?: string | undefined
  readonly problems: readonly Diagnostic[]
}

/** An image that the manifests call otherwise takes the place of the only one that they name. */
function givenImage(
  node: KubernetesNode,
  { name, place = node.place }: NamedRef,
  images: ImageIndex,
  find: (ref: string) => DeclaredImage | undefined,
): Given {
  const image = images.named(name)
  if (image === undefined)
    return { image, problems: [unknownImage(name, `\`${node.name}\` is to run`, place, images.refs)] }
  const written = node.members.flatMap((member) => member.images).filter(({ where }) => where !== 'env')
  if (node.custom !== undefined || written.some(({ ref }) => find(ref) === image)) return { image, problems: [] }
  const [ref, ...others] = new Set(written.map((found) => found.ref).filter((text) => find(text) === undefined))
  if (ref !== undefined && others.length === 0) return { image, ref, problems: [] }
  const problem: Diagnostic = {
    code: 'config/invalid-option',
    severity: 'error',
    message:
      ref === undefined
        ? `\`${node.name}\` is to run \`${name}\`, but its manifests name no image that it could stand for`
        : `\`${node.name}\` is to run \`${name}\`, but its manifests name several images: ${[ref, ...others].join(', ')}`,
    places: placesOf(place, ...node.members.filter((member) => member.images.length > 0).map((member) => member.place)),
    hint: `Write \`${name}\` in the manifest where it is meant`,
  }
  return { image, problems: [problem] }
}

/** References are looked up again and again: many objects name one image. */
function remembered<T>(find: (ref: string) => T): (ref: string) => T {
  const known = new Map<string, T>()
  return (ref) => {
    const before = known.get(ref)
    if (before !== undefined || known.has(ref)) return before as T
    const found = find(ref)
    known.set(ref, found)
    return found
  }
}
