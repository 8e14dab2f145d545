import type { ComposeDeploy, Diagnostic, GraphSpec, ImageUse } from '@tiltts/spec'
import { checkHelper } from './container-helper.js'
import { type DeclaredNode, type DeployedNode, isKubernetes, isService, type ServiceNode } from './declared.js'
import { canonical } from './definition-hash.js'
import { imageBases } from './image-bases.js'
import { type DeclaredImage, indexImages } from './image-index.js'
import { imageUses } from './image-use.js'
import { kubernetesImages, type PodImage } from './kubernetes-images.js'
import { checkComposeImage, linkImage } from './link-image.js'
import { checkCustomDeploy, checkLiveUpdate, checkRestart } from './live-update-checks.js'
import { placesOf } from './places.js'
import { serviceImages } from './service-images.js'
import type { LinkedImage } from './types.js'
import { unusedImages } from './unused-images.js'

/** What linking found out about images. */
export interface ImageLinks {
  readonly images: readonly LinkedImage[]
  /** Images of a service or a Kubernetes resource, bases first. */
  uses(node: DeployedNode): readonly ImageUse[]
  imageBy(service: ServiceNode): ComposeDeploy['imageBy']
  /** Hash of the definition of an image that something runs. */
  hashOf(image: string): string
  /** The same with what the image changes in manifests. */
  deployHashOf(image: string): string
  readonly diagnostics: readonly Diagnostic[]
}

/** @param complete Whether all services and objects are known: else an image may be used by one that is not. */
export function linkImages(graph: GraphSpec, nodes: readonly DeclaredNode[], complete: boolean): ImageLinks {
  const services = nodes.filter(isService)
  const cluster = nodes.filter(isKubernetes)
  const declared = indexImages(graph.images)
  const bases = imageBases(declared.images, graph.env)
  const run = serviceImages(services, declared.images)
  const pods = kubernetesImages(cluster, declared.images)
  const uses = imageUses(declared.images, bases, deployedImages(run.of, pods.of))
  const deployed = declared.images.all.map((image) => ({ image, by: uses.deployedBy.get(image.name) ?? [] }))
  const checks = deployed
    .filter(({ by }) => by.length > 0)
    .flatMap(({ image, by }) => [
      ...checkLiveUpdate(image, declared.images, bases),
      ...checkComposeImage(image, by.filter(isService)),
      ...checkRestart(image, by),
      ...checkHelper(image, by),
    ])
  const images = uses.needed.map((image) => linkImage(image, bases, uses.deployedBy.get(image.name) ?? [], graph))
  const hashes = new Map(images.map(({ name, spec }) => [name, spec.definitionHash]))
  const found = [
    ...declared.diagnostics,
    ...bases.diagnostics,
    ...run.diagnostics,
    ...pods.diagnostics,
    ...checks,
    ...cluster.flatMap(checkCustomDeploy),
    ...checkRegistry(graph, services),
  ]
  // What is not used says nothing while it is not clear what is.
  const isWhole = complete && found.every(({ severity }) => severity !== 'error')
  const unused = isWhole ? unusedImages(graph, { images: declared.images, bases, uses, services, cluster }) : []
  return {
    images,
    uses: uses.of,
    imageBy: (service) => run.of.get(service)?.imageBy ?? 'none',
    hashOf: (image) => hashes.get(image) ?? '',
    deployHashOf: (image) => deployHash(declared.images.get(image), hashes.get(image) ?? ''),
    diagnostics: [...found, ...unused],
  }
}

function deployHash(image: DeclaredImage | undefined, definition: string): string {
  const { entrypoint, containerArgs, matchInEnvVars } = image?.node ?? {}
  return canonical([definition, entrypoint, containerArgs, matchInEnvVars])
}

function deployedImages(
  services: ReadonlyMap<ServiceNode, { readonly image: DeclaredImage | undefined }>,
  pods: ReadonlyMap<DeployedNode, readonly PodImage[]>,
): ReadonlyMap<DeployedNode, readonly { readonly image: DeclaredImage; readonly refs?: readonly string[] }[]> {
  const ofServices = [...services].map(([node, { image }]) => [node, image === undefined ? [] : [{ image }]] as const)
  return new Map<DeployedNode, readonly { readonly image: DeclaredImage; readonly refs?: readonly string[] }[]>([
    ...ofServices,
    ...pods,
  ])
}

/** Compose runs what local Docker has, by the names in its files. */
function checkRegistry({ registry }: GraphSpec, [service]: readonly ServiceNode[]): readonly Diagnostic[] {
  if (registry === undefined || service === undefined) return []
  return [
    {
      code: 'config/invalid-option',
      severity: 'error',
      message: 'defaultRegistry cannot be used together with dockerCompose: services run the images their files name',
      places: placesOf(registry.place, service.projectPlace),
      hint: 'Leave defaultRegistry out, or call it only where the config deploys to a cluster',
    },
  ]
}
