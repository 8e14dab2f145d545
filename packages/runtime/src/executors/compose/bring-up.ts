import type { ComposeDeploy, ComposeResourceSpec } from '@tiltts/spec'
import type { Compose, ComposeEnd } from '../../ports/compose.js'
import type { ContainerInfo, Docker } from '../../ports/docker.js'
import type { SyncedContainers } from '../live-update/container-files.js'
import type { ProjectGate } from './project-gate.js'
import { containersOf } from './service-state.js'

export interface BringUpDeps {
  readonly compose: Pick<Compose, 'up'>
  readonly docker: Pick<Docker, 'containers' | 'inspectContainer' | 'restartContainer'>
  readonly gate: ProjectGate
  readonly synced: Pick<SyncedContainers, 'forget'>
}

export interface BringUpRequest {
  readonly spec: Pick<ComposeResourceSpec, 'compose'>
  /** As they were before. */
  readonly containers: readonly ContainerInfo[]
  /** New containers even where nothing changed. */
  readonly recreate: boolean
  /** The services of its project that are on. */
  readonly services: readonly ComposeDeploy[]
  readonly log: (text: string, level?: 'info' | 'warn' | 'error') => void
}

/**
 * Has compose bring a service up. When it gets other containers, the services that are to restart with it follow, which
 * compose leaves alone unless it is asked for them, too: those that live in its container get new ones, the others are
 * restarted (`depends_on` with `restart: true`).
 */
export async function bringUp(deps: BringUpDeps, request: BringUpRequest, signal: AbortSignal): Promise<ComposeEnd> {
  const { containers, services, log } = request
  const { project, service } = request.spec.compose
  const dependents = await running(deps, dependentsOf(service.name, services))
  const end = await deps.gate.enter(project.name, service.name, () =>
    deps.compose.up(
      {
        project,
        services: [service.name],
        wait: project.wait,
        recreate: request.recreate,
        onOutput: (text) => log(text),
      },
      signal,
    ),
  )
  const gone = await goneOf(deps, containers)
  for (const id of gone) await deps.synced.forget(id)
  if (gone.length === 0) return end
  for (const { compose, containers: before } of dependents) {
    signal.throwIfAborted()
    log(`Restarting ${compose.service.name}: it restarts with ${service.name}\n`)
    // Not waited for, as its own update would be: it is only to run again.
    const spec = { compose: { ...compose, project: { ...compose.project, wait: false } } }
    const again = await bringUp(deps, { spec, containers: before, recreate: false, services, log }, signal)
    if (again.exitCode !== 0) log(`compose up: ${again.error ?? `exit code ${again.exitCode}`}\n`, 'error')
    else await restartSame(deps, before)
  }
  return end
}

/** Docker's own grace time. */
const graceSeconds = 10

/** Restarts those of the containers that are still there and have run all the time. */
async function restartSame({ docker }: BringUpDeps, before: readonly ContainerInfo[]): Promise<void> {
  for (const { id, state } of before) {
    const now = await docker.inspectContainer(id)
    if (now?.state.running === true && now.state.startedAt === state.startedAt)
      await docker.restartContainer(id, graceSeconds)
  }
}

function dependentsOf(name: string, services: readonly ComposeDeploy[]): readonly ComposeDeploy[] {
  return services.filter(({ service }) => service.dependsOn.some((on) => on.service === name && on.restart))
}

/** Those that run, with their containers: what stands still was stopped by somebody, or never started. */
async function running(deps: Pick<BringUpDeps, 'docker'>, services: readonly ComposeDeploy[]) {
  const all = await Promise.all(
    services.map(async (compose) => ({ compose, containers: await containersOf(deps.docker, compose) })),
  )
  return all.filter(({ containers }) => containers.some(({ state }) => state.running))
}

async function goneOf(
  { docker }: Pick<BringUpDeps, 'docker'>,
  containers: readonly ContainerInfo[],
): Promise<readonly string[]> {
  const now = await Promise.all(containers.map(({ id }) => docker.inspectContainer(id)))
  return containers.filter((_, index) => now[index] === undefined).map(({ id }) => id)
}
