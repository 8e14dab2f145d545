import type {
  ComposeContainer,
  ConfigMap,
  DockerComposeProject,
  DockerComposeService,
  DockerContainerState,
  Resource,
  Update,
  WireDockerComposeService,
} from '@tiltts/spec'
import { clientName } from './client-name.js'
import { disableStatus, switchMaps } from './disable-status.js'
import { type Shape, shape } from './shape.js'

type Beside = readonly [Resource['spec'] | undefined, Update | undefined, ...(ConfigMap | undefined)[]]

export const dockerComposeService: Shape = shape<'DockerComposeService', Beside>({
  beside({ metadata: { name }, spec }, store) {
    const resource = store.get('Resource', name)
    const newest = resource?.status.current ?? resource?.status.history[0] ?? ''
    return [resource?.spec, store.get('Update', newest), ...switchMaps(store, spec.disableSource)]
  },
  spec({ spec: { service, project, disableSource } }, [resource]) {
    const images = (resource?.images ?? []).filter(({ deployed }) => deployed)
    return {
      service,
      project: wireProject(project),
      ...(images.length > 0 && { imageMaps: images.map(({ name }) => clientName(name)) }),
      ...(disableSource !== undefined && { disableSource }),
    }
  },
  status({ spec, status }, [, update, ...maps]): WireDockerComposeService['status'] {
    const { known, containers, portBindings } = status
    const [first] = containers
    const { startTime, finishTime, error } = update?.status ?? {}
    return {
      ...(first !== undefined && {
        containerState: wireState(first),
        containerID: first.id,
        containerName: first.name,
      }),
      portBindings,
      ...(error !== undefined && { applyError: error }),
      ...(startTime !== undefined && { lastApplyStartTime: startTime }),
      ...(finishTime !== undefined && { lastApplyFinishTime: finishTime }),
      ...disableStatus(spec.disableSource, maps),
      known,
      containers,
    }
  },
})

export function wireProject({
  files,
  dir,
  inline,
  name,
  envFile,
  profiles,
  wait,
}: WireProjectSource): DockerComposeProject {
  return {
    configPaths: files,
    projectPath: dir,
    ...(inline !== undefined && { yaml: inline }),
    name,
    ...(envFile !== undefined && { envFile }),
    ...(profiles !== undefined && { profiles }),
    ...(wait && { wait }),
  }
}

type WireProjectSource = DockerComposeService['spec']['project']

function wireState({ state }: ComposeContainer): DockerContainerState {
  const { status, running, error, exitCode, startedAt, finishedAt, healthStatus } = state
  return {
    status,
    running,
    ...(error !== '' && { error }),
    exitCode,
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(healthStatus !== undefined && { healthStatus }),
  }
}
