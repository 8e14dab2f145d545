import type { ComposeContainer, ContainerState, DockerComposeServiceStatus, LogLevel } from '@tiltts/spec'

/** A line about a container, for the log of its service. */
export interface ContainerLine {
  readonly text: string
  readonly level: LogLevel
}

/** What the log says of health checks: what a failing one prints, each time it is another, and when all is well again. */
export function healthLines(
  before: DockerComposeServiceStatus,
  after: DockerComposeServiceStatus,
): readonly ContainerLine[] {
  const seen = new Map(before.containers.map((container) => [container.id, container.state]))
  return after.containers.flatMap((container) => healthLine(container, seen.get(container.id)) ?? [])
}

function healthLine({ name, state }: ComposeContainer, was: ContainerState | undefined): ContainerLine | undefined {
  const wasUnhealthy = was?.healthStatus === 'unhealthy'
  if (state.healthStatus === 'healthy' && wasUnhealthy) return { text: `${name} is healthy again`, level: 'info' }
  if (state.healthStatus !== 'unhealthy') return undefined
  if (wasUnhealthy && was.healthOutput === state.healthOutput) return undefined
  const output = state.healthOutput?.trim() ?? ''
  return { text: output === '' ? `${name} is unhealthy` : `${name} is unhealthy: ${output}`, level: 'warn' }
}
