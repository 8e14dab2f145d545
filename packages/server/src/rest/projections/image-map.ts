import { clusterImage } from '@tiltts/core/kubernetes'
import type { Cluster, Image, ImageMap, RegistrySpec } from '@tiltts/spec'
import { clientName } from '../shapes/client-name.js'
import { type Projection, projection } from './projection.js'
import { registryBeside, registryOf } from './registry.js'

type Beside = readonly [Cluster | undefined, RegistrySpec | undefined]

/** Of each image that is built here. */
export const imageMap: Projection = projection<'Image', 'ImageMap', Beside>({
  from: 'Image',
  beside: (_image, store) => registryBeside(store),
  of: (image, beside) => [
    { name: clientName(image.metadata.name), spec: specOf(image), status: statusOf(image, registryOf(beside)) },
  ],
})

function specOf({ spec: { node } }: Image): ImageMap['spec'] {
  const { ref, matchInEnvVars, entrypoint, containerArgs } = node
  return {
    selector: ref,
    ...(matchInEnvVars && { matchInEnvVars }),
    ...(entrypoint !== undefined && { overrideCommand: { command: entrypoint } }),
    ...(containerArgs !== undefined && { overrideArgs: { args: containerArgs } }),
  }
}

function statusOf({ spec, status: { result } }: Image, registry: RegistrySpec | undefined): ImageMap['status'] {
  if (result === undefined) return {}
  const { local, cluster } = clusterImage(spec.node, result, registry)
  return { image: cluster, imageFromLocal: local, imageFromCluster: cluster, buildStartTime: result.buildStartTime }
}
