import { type Cluster, clusterName, type DockerImage, type DockerImageNode } from '@tiltts/spec'
import { buildPlace, buildState, perResource } from './image-build.js'
import { type Projection, projection } from './projection.js'

/** Of each image that is built from a Dockerfile. */
export const dockerImage: Projection = projection<'Image', 'DockerImage', readonly [Cluster['spec'] | undefined]>({
  from: 'Image',
  beside: (_image, store) => [store.get('Cluster', clusterName.kubernetes)?.spec],
  of(image, [cluster]) {
    const { node } = image.spec
    if (node.build !== 'docker') return []
    const status: DockerImage['status'] = { ...buildState(image), stageStatuses: image.status.stages }
    const spec: DockerImage['spec'] = { ...specOf(node), ...buildPlace(image, cluster !== undefined) }
    return perResource(image, { spec, status })
  },
})

function specOf(node: DockerImageNode): DockerImage['spec'] {
  const { ref, dockerfile, context, ignores, buildArgs, target, platform, network, pull } = node
  const args = Object.entries(buildArgs).map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  return {
    ref,
    dockerfileContents: dockerfile.contents,
    context,
    contextIgnores: ignores,
    args,
    ...(target !== undefined && { target }),
    ...(platform !== undefined && { platform }),
    ...(network !== undefined && { network }),
    pull,
    sshAgentConfigs: node.ssh,
    secrets: node.secrets,
    cacheFrom: node.cacheFrom,
    extraTags: node.extraTags,
    extraHosts: node.extraHosts,
  }
}
