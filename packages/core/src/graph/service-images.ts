import type { ComposeDeploy, Diagnostic } from '@tiltts/spec'
import type { ServiceNode } from './declared.js'
import { type DeclaredImage, type ImageIndex, unknownImage } from './image-index.js'
import { placesOf } from './places.js'

/** Which image a service runs. */
export interface ServiceImage {
  /** Absent: none that is declared. */
  readonly image: DeclaredImage | undefined
  readonly imageBy: ComposeDeploy['imageBy']
}

/** The images of services: what the config says, else the declared image that the compose file names. */
export function serviceImages(
  services: readonly ServiceNode[],
  images: ImageIndex,
): { readonly of: ReadonlyMap<ServiceNode, ServiceImage>; readonly diagnostics: readonly Diagnostic[] } {
  const of = new Map<ServiceNode, ServiceImage>()
  const diagnostics: Diagnostic[] = []
  for (const node of services) {
    const { image, problems } = node.image === undefined ? matching(node, images) : given(node, node.image.name, images)
    diagnostics.push(...problems)
    of.set(node, { image, imageBy: builder(node, image) })
  }
  return { of, diagnostics }
}

interface Match {
  readonly image: DeclaredImage | undefined
  readonly problems: readonly Diagnostic[]
}

function given(node: ServiceNode, ref: string, images: ImageIndex): Match {
  const image = images.named(ref)
  if (image !== undefined) return { image, problems: [] }
  const place = node.image?.place ?? node.place
  return { image, problems: [unknownImage(ref, `\`${node.name}\` is to run`, place, images.refs)] }
}

/** A service without `image:` runs one that compose names after it: `project-service`, and `project_service` once. */
function matching(node: ServiceNode, images: ImageIndex): Match {
  const { service, project } = node
  const image = images.find(service.image)
  const isDefault = service.image === `${project.name}-${service.name}`
  const other = isDefault ? images.find(`${project.name}_${service.name}`) : undefined
  if (image === undefined || other === undefined) return { image: image ?? other, problems: [] }
  const both: Diagnostic = {
    code: 'config/duplicate-image',
    severity: 'error',
    message: `Two images are declared for \`${node.name}\`: \`${image.node.ref}\` and \`${other.node.ref}\``,
    places: placesOf(other.node.place, image.node.place),
    hint: `Keep one of them, or say which: dcResource('${service.name}', { image })`,
  }
  return { image, problems: [both] }
}

/** An image that is only synced into is made by whoever made it before. */
function builder({ service }: ServiceNode, image: DeclaredImage | undefined): ComposeDeploy['imageBy'] {
  const builds = image !== undefined && !(image.node.build === 'custom' && image.node.command === undefined)
  if (builds) return 'tiltts'
  return service.build === undefined ? 'none' : 'compose'
}
