import type { Diagnostic, GraphSpec, ImageNode } from '@tiltts/spec'
import { needsHelper } from './container-helper.js'
import type { DeployedNode, ServiceNode } from './declared.js'
import { type ImageBases, knownArgs } from './image-bases.js'
import { imageHash } from './image-hash.js'
import type { DeclaredImage } from './image-index.js'
import { imageInputs } from './image-use.js'
import { placesOf } from './places.js'
import type { LinkedImage } from './types.js'

/** The FileWatch of an image. */
export function imageWatchName(image: string): string {
  return `image:${image}`
}

/** An image with all that the graph says of it. */
export function linkImage(
  image: DeclaredImage,
  bases: ImageBases,
  deployedBy: readonly DeployedNode[],
  graph: Pick<GraphSpec, 'env'>,
): LinkedImage {
  const node = withEnv(image.node, graph.env)
  const dependsOn = bases.of.get(image.name) ?? []
  const helper = needsHelper(node, deployedBy)
  return {
    name: image.name,
    spec: {
      node,
      repository: image.ref.name,
      dependsOn,
      watch: imageWatchName(image.name),
      inputs: imageInputs(image),
      deployedBy: deployedBy.map(({ name }) => name),
      helper,
      definitionHash: imageHash(node, dependsOn, helper),
    },
  }
}

/** Commands get the environment of the whole config, below their own; so do build arguments that take their value from it. */
function withEnv(node: ImageNode, env: Readonly<Record<string, string>>): ImageNode {
  if (Object.keys(env).length === 0) return node
  if (node.build === 'docker') return { ...node, buildArgs: { ...node.buildArgs, ...knownArgs(node, env) } }
  return { ...node, env: { ...env, ...node.env } }
}

/** What only manifests of Kubernetes can be given, on an image that compose runs. */
export function checkComposeImage({ node }: DeclaredImage, services: readonly ServiceNode[]): readonly Diagnostic[] {
  const options = [
    ...(node.entrypoint === undefined ? [] : ['entrypoint']),
    ...(node.containerArgs === undefined ? [] : ['containerArgs']),
  ]
  const [first] = services
  if (first === undefined) return []
  return options.map((option) => ({
    code: 'config/invalid-option',
    severity: 'error',
    message: `\`${node.ref}\`: \`${option}\` changes manifests of Kubernetes, but the compose service \`${first.name}\` runs the image`,
    places: placesOf(node.place, ...services.map(({ service }) => service.place)),
    hint: `Set \`${option === 'entrypoint' ? 'entrypoint' : 'command'}\` of the service in the compose file`,
  }))
}
