import { countFailures } from '@tiltts/core/schedule'
import {
  type ComposeContainer,
  type ContainerState,
  type DockerComposeServiceStatus,
  fromApiTime,
  type Millis,
  type PortBinding,
  toApiTime,
} from '@tiltts/spec'
import type { ContainerInfo } from '../../ports/docker.js'
import { configHashOf, numberOfContainer } from './compose-labels.js'

export interface ServiceContext {
  /** When the session began. */
  readonly since: Millis
  /** A service that is switched off has not been started: switched on again, it is as new. */
  readonly enabled: boolean
}

/** The status of a service by its containers, whatever their order. */
export function serviceStatus(
  before: DockerComposeServiceStatus,
  containers: readonly ContainerInfo[],
  { since, enabled }: ServiceContext,
): DockerComposeServiceStatus {
  const seen = new Map(before.containers.map((container) => [container.id, container.state]))
  const sorted = containers.toSorted(
    (a, b) => numberOfContainer(a) - numberOfContainer(b) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
  )
  const states = containers.map(({ state }) => state)
  return {
    known: true,
    containers: sorted.map((container) => composeContainer(container, seen.get(container.id))),
    portBindings: portsOf(sorted),
    startedOnce: enabled && (before.startedOnce || states.some((state) => hasStarted(state, since))),
    completedOnce: enabled && (completedSince(before, since) || states.some(isComplete)),
  }
}

/** The engine does not answer: what was seen last may be so no longer. */
export function serviceUnknown(before: DockerComposeServiceStatus): DockerComposeServiceStatus {
  return before.known ? { ...before, known: false } : before
}

function composeContainer(container: ContainerInfo, before: ContainerState | undefined): ComposeContainer {
  const { id, name, imageId, createdAt, state } = container
  const failuresInARow = countFailures(before, state)
  return {
    id,
    name,
    number: numberOfContainer(container),
    imageId,
    configHash: configHashOf(container),
    createdAt: toApiTime(createdAt),
    state: failuresInARow === 0 ? state : { ...state, failuresInARow },
  }
}

/** Each once, by port. */
function portsOf(containers: readonly ContainerInfo[]): readonly PortBinding[] {
  const found = new Map<string, PortBinding>()
  for (const { ports } of containers) {
    for (const port of ports) {
      found.set(`${port.containerPort}/${port.protocol} ${port.hostIP}:${port.hostPort}`, port)
    }
  }
  return [...found.values()].toSorted(
    (a, b) => a.containerPort - b.containerPort || a.hostPort - b.hostPort || (a.hostIP < b.hostIP ? -1 : 1),
  )
}

/** It may have run and ended between two looks. */
function hasStarted(state: ContainerState, since: Millis): boolean {
  return state.running || isComplete(state) || (state.startedAt !== undefined && fromApiTime(state.startedAt) >= since)
}

function isComplete({ status, exitCode, startedAt }: ContainerState): boolean {
  return status === 'exited' && exitCode === 0 && startedAt !== undefined
}

/**
 * Whether a container ended with code 0 in this session. What one from an earlier session did counts only as long as it is
 * there: another in its place has yet to do its work.
 */
function completedSince({ completedOnce, containers }: DockerComposeServiceStatus, since: Millis): boolean {
  const isFromEarlier = ({ state }: ComposeContainer): boolean =>
    isComplete(state) && state.finishedAt !== undefined && fromApiTime(state.finishedAt) < since
  return completedOnce && !containers.some(isFromEarlier)
}
