import { type Cluster, type CmdImage, type CustomImageNode, clusterName, isFunctionCommand } from '@tiltts/spec'
import { buildPlace, buildState, perResource } from './image-build.js'
import { type Projection, projection } from './projection.js'

/** Of each image that a command builds. */
export const cmdImage: Projection = projection<'Image', 'CmdImage', readonly [Cluster['spec'] | undefined]>({
  from: 'Image',
  beside: (_image, store) => [store.get('Cluster', clusterName.kubernetes)?.spec],
  of(image, [cluster]) {
    const { node } = image.spec
    if (node.build !== 'custom' || node.command === undefined) return []
    const spec: CmdImage['spec'] = { ...specOf(node), ...buildPlace(image, cluster !== undefined) }
    return perResource(image, { spec, status: buildState(image) })
  },
})

function specOf({ ref, command, dir, env, tag, outputsImageRefTo, ...node }: CustomImageNode): CmdImage['spec'] {
  const args = command === undefined ? [] : isFunctionCommand(command) ? [command.display] : command.argv
  const toBoth = node.disablePush ? 'local-docker' : 'local-docker-and-remote'
  return {
    ref,
    args,
    dir,
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    outputMode: node.skipsLocalDocker ? 'remote' : toBoth,
    ...(tag !== undefined && { outputTag: tag }),
    ...(outputsImageRefTo !== undefined && { outputsImageRefTo }),
  }
}
