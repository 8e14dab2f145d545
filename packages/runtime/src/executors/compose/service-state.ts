import { createHash } from 'node:crypto'
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

/** The hash that containers of a service should have; `undefined`: one that it lives in is not there. */
export async function wantedHash(
  docker: Pick<Docker, 'containers'>,
  compose: ComposeDeploy,
): Promise<string | undefined> {
  const { configHash, configHashParts } = compose.service
  if (configHashParts === undefined) return configHash
  const hash = createHash('sha256')
  for (const part of configHashParts) {
    if (typeof part === 'string') {
      hash.update(part)
      continue
    }
    const service = { ...compose.service, name: part.containerOf }
    const [first] = (await containersOf(docker, { ...compose, service })).toSorted((a, b) => numberOf(a) - numberOf(b))
    if (first === undefined) return undefined
    hash.update(first.id)
  }
  return hash.digest('hex')
}

function numberOf({ labels }: ContainerInfo): number {
  return Number(labels['com.docker.compose.container-number'] ?? 1)
}

/**
 * Why the containers of a service are not what the project wants; `undefined`: they are, and nothing has to be started.
 *
 * @param wanted the hash that they should have, and the id of the image that they should run; absent: whatever they have
 */
export function whyNotCurrent(
  { service }: ComposeDeploy,
  containers: readonly ContainerInfo[],
  wanted: { readonly hash: string | undefined; readonly imageId: string | undefined },
): string | undefined {
  if (containers.length === 0 && service.scale > 0) return 'it has no container'
  if (containers.length !== service.scale) return `it has ${containers.length} of ${service.scale} containers`
  for (const { name, labels, imageId: runs, state } of containers) {
    if (labels[label.hash] !== wanted.hash) return `${name} was made for another definition`
    if (wanted.imageId !== undefined && runs !== wanted.imageId) return `${name} runs another image`
    // What has done its work and is not to be started again has no more to do.
    const isDone =
      state.status === 'exited' &&
      state.exitCode === 0 &&
      ['no', 'on-failure'].includes(service.restart.split(':')[0] ?? '')
    if (!state.running && !isDone) return `${name} is ${state.status}`
  }
  return undefined
}
