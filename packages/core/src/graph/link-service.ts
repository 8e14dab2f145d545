import type { ComposeDeploy, ComposeResourceSpec, ImageUse } from '@tiltts/spec'
import type { ServiceNode } from './declared.js'
import { canonical } from './definition-hash.js'
import { hashText } from './hash.js'
import { imageWatchName } from './link-image.js'
import { type Context, linkBase } from './link-resource.js'
import type { LinkedResource } from './types.js'

/** A service with every default filled in. */
export function linkService(
  node: ServiceNode,
  context: Context,
  images: {
    readonly uses: readonly ImageUse[]
    readonly imageBy: ComposeDeploy['imageBy']
    /** Hash of the definition of an image. */
    readonly hashOf: (image: string) => string
  },
): LinkedResource<ComposeResourceSpec> {
  const { imageBy } = images
  const compose: ComposeDeploy = { project: node.project, service: node.service, imageBy }
  const built = imageBy === 'compose' ? composeInputs(compose) : []
  // What compose builds concerns the image that is only synced into, too.
  const uses = images.uses.map((use) => (use.deployed && built.length > 0 ? withInputs(use, built) : use))
  const watched = images.uses.filter(({ inputs }) => inputs.length > 0)
  return {
    name: node.name,
    spec: {
      ...linkBase(node, context),
      type: 'docker-compose',
      compose,
      images: uses,
      watches: [...watched.map(({ name }) => imageWatchName(name)), ...(built.length > 0 ? [node.name] : [])],
      updateHash: updateHash(
        compose,
        uses.map(({ name }) => [name, images.hashOf(name)]),
      ),
      serveHash: hashText(''),
    },
  }
}

function withInputs(use: ImageUse, more: readonly string[]): ImageUse {
  return { ...use, inputs: [...new Set([...use.inputs, ...more])] }
}

/**
 * Hash of what makes a service and its images the ones they are: of the definition, how the image is built counts only
 * where compose builds it, and the order of starting never.
 */
function updateHash(
  { project, service, imageBy }: ComposeDeploy,
  images: readonly (readonly [string, string])[],
): string {
  const definition = imageBy === 'compose' ? [service.configHash, service.definitionHash] : [service.configHash]
  return hashText(canonical([project.name, service.name, service.scale, definition, imageBy, images]))
}

/** Absolute paths whose files compose builds the image of a service from; contexts elsewhere cannot be watched. */
export function composeInputs({ service }: Pick<ComposeDeploy, 'service'>): readonly string[] {
  const { build } = service
  if (build === undefined) return []
  const folders = [build.context, ...build.additionalContexts].filter(isPath)
  const dockerfile = build.dockerfile
  return [...new Set([...folders, ...(dockerfile !== undefined && isPath(dockerfile) ? [dockerfile] : [])])]
}

/** No URL, no `docker-image://…`, no `service:…`. */
function isPath(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/](?!\/)/.test(path)
}
