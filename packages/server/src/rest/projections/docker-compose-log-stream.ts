import type { ConfigMap } from '@tiltts/spec'
import { disableStatus, switchMaps } from '../shapes/disable-status.js'
import { wireProject } from '../shapes/docker-compose-service.js'
import { type Projection, projection } from './projection.js'

/** Of each compose service that is not switched off. */
export const dockerComposeLogStream: Projection = projection<
  'DockerComposeService',
  'DockerComposeLogStream',
  readonly (ConfigMap | undefined)[]
>({
  from: 'DockerComposeService',
  beside: ({ spec }, store) => switchMaps(store, spec.disableSource),
  of({ metadata, spec, status }, maps) {
    if (disableStatus(spec.disableSource, maps).disableStatus?.disabled === true) return []
    const [first] = status.containers
    const stream = { service: spec.service, project: wireProject(spec.project) }
    const startedAt = first?.state.startedAt
    return [{ name: metadata.name, spec: stream, status: startedAt === undefined ? {} : { startedAt } }]
  },
})
