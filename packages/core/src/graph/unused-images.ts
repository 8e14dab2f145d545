import type { Diagnostic, GraphSpec } from '@tiltts/spec'
import { didYouMean } from '../errors/nearest.js'
import { imageMatches, parseImageRef } from '../images/image-ref.js'
import type { KubernetesNode, ServiceNode } from './declared.js'
import { basesUsed, type ImageBases } from './image-bases.js'
import type { DeclaredImage, ImageIndex } from './image-index.js'
import type { ImageUses } from './image-use.js'
import { placesOf } from './places.js'

/** A warning for each image that nothing runs and nothing is built upon: it is never built. */
export function unusedImages(
  { settings }: Pick<GraphSpec, 'settings'>,
  parts: {
    readonly images: ImageIndex
    readonly bases: ImageBases
    readonly uses: ImageUses
    readonly services: readonly ServiceNode[]
    readonly cluster: readonly KubernetesNode[]
  },
): readonly Diagnostic[] {
  const { images, bases, uses, services, cluster } = parts
  const needed = new Set([...uses.needed.map(({ name }) => name), ...basesUsed(bases.of)])
  const suppressed = isSuppressed(settings.suppressUnusedImageWarnings ?? [])
  const inManifests = cluster.flatMap(({ members }) => members.flatMap((member) => member.images.map(({ ref }) => ref)))
  const refs = [...services.map(({ service }) => service.image), ...inManifests]
  const names = [...new Set(refs.map((ref) => parseImageRef(ref)?.name ?? ref))]
  const why = whyUnused(services.length > 0, cluster, inManifests.length > 0)
  return images.all
    .filter((image) => !needed.has(image.name) && !suppressed(image))
    .map(({ node, ref }) => ({
      code: 'config/unused-image',
      severity: 'warning',
      message: `The image \`${node.ref}\` is never built: ${why}`,
      places: placesOf(node.place),
      hint: didYouMean(ref.name, names),
    }))
}

function whyUnused(hasServices: boolean, cluster: readonly KubernetesNode[], hasImages: boolean): string {
  const hasManifests = cluster.some(({ members }) => members.length > 0)
  if (!hasServices && cluster.length === 0) return 'the config deploys nothing that could run it'
  if (!hasServices && hasManifests && !hasImages)
    return 'the manifests name no image that is known; k8sKind says where objects of custom kinds name theirs'
  const who = [...(hasServices ? ['compose service runs it'] : []), ...(hasManifests ? ['manifest names it'] : [])]
  return who.length === 0 ? 'no command deploys it; name it in `imageDeps`' : `no ${who.join(', and no ')}`
}

function isSuppressed(patterns: readonly string[]): (image: DeclaredImage) => boolean {
  const all = patterns.includes('*')
  const refs = patterns.flatMap((pattern) => parseImageRef(pattern) ?? [])
  const written = new Set(patterns)
  return ({ node, ref }) =>
    all || written.has(node.ref) || refs.some((suppressed) => imageMatches(suppressed, ref, false))
}
