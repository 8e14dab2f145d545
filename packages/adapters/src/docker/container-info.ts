import type { ContainerInfo } from '@tiltts/runtime/ports'
import type { ContainerState, PortBinding } from '@tiltts/spec'
import type Dockerode from 'dockerode'
import { apiTime } from './engine-time.js'

const HEALTH_BYTES = 4096

type Inspected = Dockerode.ContainerInspectInfo

export function containerInfo(inspected: Inspected): ContainerInfo {
  const { Id, Name, Image, Config, Created } = inspected
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    imageId: Image,
    labels: Config.Labels ?? {},
    createdAt: Date.parse(Created),
    state: containerState(inspected),
    ports: portBindings(inspected),
  }
}

function containerState({ State, RestartCount }: Inspected): ContainerState {
  // While it waits to be restarted, the engine calls it running, too.
  const running = State.Running && !State.Restarting
  return {
    status: State.Status,
    running,
    error: State.Error,
    exitCode: State.ExitCode,
    startedAt: apiTime(State.StartedAt),
    finishedAt: running ? undefined : apiTime(State.FinishedAt),
    ...health(State.Health),
    restartCount: RestartCount,
  }
}

function health(found: Inspected['State']['Health']): Pick<ContainerState, 'healthStatus' | 'healthOutput'> {
  const status = found?.Status
  if (status !== 'starting' && status !== 'healthy' && status !== 'unhealthy') return {}
  const output = found?.Log?.at(-1)?.Output ?? ''
  return { healthStatus: status, healthOutput: Buffer.from(output).subarray(-HEALTH_BYTES).toString('utf8') }
}

function portBindings({ NetworkSettings }: Inspected): readonly PortBinding[] {
  // Ports that are exposed only have no bindings, whatever the types say.
  const ports: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>> =
    NetworkSettings?.Ports ?? {}
  return Object.entries(ports).flatMap(([key, bindings]) => {
    const [containerPort, protocol = 'tcp'] = key.split('/')
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      containerPort: Number(containerPort),
      hostPort: Number(HostPort),
      hostIP: HostIp,
      protocol,
    }))
  })
}
