import type { Diagnostic, GraphSpec } from '@tiltts/spec'
import { didYouMean } from '../errors/nearest.js'
import { imageMatches, parseImageRef } from '../images/image-ref.js'
import type { ServiceNode } from './declared.js'
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
  },
): readonly Diagnostic[] {
  const { images, bases, uses, services } = parts
  const needed = new Set([...uses.needed.map(({ name }) => name), ...basesUsed(bases.of)])
  const suppressed = isSuppressed(settings.suppressUnusedImageWarnings ?? [])
  const names = [...new Set(services.map(({ service }) => parseImageRef(service.image)?.name ?? service.image))]
  return images.all
    .filter((image) => !needed.has(image.name) && !suppressed(image))
    .map(({ node, ref }) => ({
      code: 'config/unused-image',
      severity: 'warning',
      message:
        services.length === 0
          ? `The image \`${node.ref}\` is never built: the config deploys nothing that could run it`
          : `The image \`${node.ref}\` is never built: no compose service runs it`,
      places: placesOf(node.place),
      hint: didYouMean(ref.name, names),
    }))
}

function isSuppressed(patterns: readonly string[]): (image: DeclaredImage) => boolean {
  const all = patterns.includes('*')
  const refs = patterns.flatMap((pattern) => parseImageRef(pattern) ?? [])
  const written = new Set(patterns)
  return ({ node, ref }) =>
    all || written.has(node.ref) || refs.some((suppressed) => imageMatches(suppressed, ref, false))
}
