import {
  type ApiTime,
  type ComposeContainer,
  type ContainerState,
  type DockerComposeServiceStatus,
  fromApiTime,
  type Millis,
} from '@tiltts/spec'
import type { ContainerLine } from './health-lines.js'

export interface EndContext {
  readonly resource: string
  /** When the session began. */
  readonly since: Millis
  /** Start of the update under way: it stops and removes what is older. Absent: none is under way. */
  readonly updatingSince?: ApiTime | undefined
}

/** What the log says of containers that failed, and of those that somebody else has removed. */
export function endLines(
  before: DockerComposeServiceStatus,
  after: DockerComposeServiceStatus,
  { resource, since, updatingSince }: EndContext,
): readonly ContainerLine[] {
  const seen = new Map(before.containers.map((container) => [container.id, container.state]))
  const isOurs = ({ createdAt }: ComposeContainer): boolean =>
    updatingSince !== undefined && fromApiTime(createdAt) < fromApiTime(updatingSince)
  const failed = after.containers
    .filter((container) => !isOurs(container) && hasEnded(container.state, seen.get(container.id), since))
    .flatMap(({ id, name, state }) => failure(name, state, seen.get(id)) ?? [])
  const present = new Set(after.containers.map(({ id }) => id))
  const gone = updatingSince === undefined ? before.containers.filter(({ id }) => !present.has(id)) : []
  const removed = gone.map(
    ({ name }): ContainerLine => ({
      text: `${name} was removed by something else than tiltts: \`tiltts trigger ${resource}\` makes it again`,
      level: 'warn',
    }),
  )
  return [...failed, ...removed]
}

/** Whether a run has ended since it was seen last; it may run again already. */
function hasEnded(state: ContainerState, was: ContainerState | undefined, since: Millis): boolean {
  if (state.finishedAt === undefined || state.finishedAt === was?.finishedAt) return false
  return was !== undefined || fromApiTime(state.finishedAt) >= since
}

function failure(name: string, state: ContainerState, was: ContainerState | undefined): ContainerLine | undefined {
  const { exitCode, status, running, restartCount } = state
  if (running) {
    // Of a run that is over its code is not known any more. What somebody has restarted is as they wanted it.
    return restartCount > (was?.restartCount ?? 0)
      ? { text: `${name} ended, and runs again`, level: 'warn' }
      : undefined
  }
  if (status === 'restarting')
    return { text: `${name} exited with code ${exitCode}, and is started again`, level: 'warn' }
  // What ended well has done its work.
  return exitCode === 0 ? undefined : { text: `${name} exited with code ${exitCode}`, level: 'warn' }
}
