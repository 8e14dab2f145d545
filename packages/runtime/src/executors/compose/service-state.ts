import type { ComposeDeploy } from '@tiltts/spec'
import type { ContainerInfo, Docker } from '../../ports/docker.js'

const label = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  hash: 'com.docker.compose.config-hash',
}

/** The containers of a service, as the engine has them now. */
export async function containersOf(
  docker: Pick<Docker, 'containers'>,
  { project, service }: ComposeDeploy,
): Promise<readonly ContainerInfo[]> {
  const found = await docker.containers({ [label.project]: project.name, [label.service]: service.name })
  return found.filter(({ labels }) => labels['com.docker.compose.oneoff'] !== 'True')
}

/**
 * Why the containers of a service are not what the project wants; `undefined`: they are, and nothing has to be started.
 *
 * @param imageId of the image that they should run; absent: whatever they have
 */
export function whyNotCurrent(
  { service }: ComposeDeploy,
  containers: readonly ContainerInfo[],
  imageId: string | undefined,
): string | undefined {
  if (containers.length === 0 && service.scale > 0) return 'it has no container'
  if (containers.length !== service.scale) return `it has ${containers.length} of ${service.scale} containers`
  for (const { name, labels, imageId: runs, state } of containers) {
    if (labels[label.hash] !== service.configHash) return `${name} was made for another definition`
    if (imageId !== undefined && runs !== imageId) return `${name} runs another image`
    // What has done its work and is not to be started again has no more to do.
    const isDone =
      state.status === 'exited' &&
      state.exitCode === 0 &&
      ['no', 'on-failure'].includes(service.restart.split(':')[0] ?? '')
    if (!state.running && !isDone) return `${name} is ${state.status}`
  }
  return undefined
}
