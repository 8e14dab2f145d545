import { hasLiveUpdate } from '@tiltts/core/live-update'
import type { LogStore } from '@tiltts/core/logs'
import { isForced } from '@tiltts/core/schedule'
import type { ObjectStore } from '@tiltts/core/store'
import { type ComposeDeploy, type ComposeResourceSpec, isTiltError, type Resource, type TiltError } from '@tiltts/spec'
import { type DeployDeps, deployService } from '../../executors/compose/deploy-service.js'
import { containersOf } from '../../executors/compose/service-state.js'
import { changesText } from '../../executors/live-update/changes-text.js'
import { type LiveUpdateEnd, syncNewContainers } from '../../executors/live-update/live-update.js'
import { cancelledOutcome, type UpdateOutcome } from '../../executors/outcome.js'
import { buildSpan } from '../cmd/span.js'
import { type ImageUpdates, updateImages } from './image-updates.js'
import { liveRequest, tryLiveUpdate } from './live-step.js'
import type { UpdateRun } from './update-steps.js'

export interface ServiceUpdateDeps extends DeployDeps {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly imageUpdates: ImageUpdates
  /** Runs what builds in one of the slots. */
  readonly inSlot: (work: () => Promise<UpdateOutcome>) => Promise<UpdateOutcome>
  /** Writes down now how the containers of a service stand. */
  readonly lookAtContainers: (name: string) => Promise<void>
  /** Told that the engine does not answer any more. */
  readonly onEngineLost: (error: TiltError) => void
}

type ServiceResource = Resource & { readonly spec: ComposeResourceSpec }

export function isService(resource: Resource): resource is ServiceResource {
  return resource.spec.type === 'docker-compose'
}

/**
 * Brings a service up to date: changed files go straight into its containers where its live updates allow it; otherwise
 * its images are built as far as they have changed, and its containers are made what they should be.
 */
export async function updateService(
  deps: ServiceUpdateDeps,
  resource: ServiceResource,
  run: UpdateRun,
): Promise<UpdateOutcome> {
  const { signal } = run
  try {
    const live = await tryLiveUpdate(deps, resource, run, containersNow(deps, resource))
    if (signal.aborted) return cancelledOutcome
    if (live !== undefined) return live
    const end = await deps.inSlot(() => buildAndDeploy(deps, resource, run))
    return signal.aborted ? cancelledOutcome : end
  } catch (error) {
    if (signal.aborted) return cancelledOutcome
    if (!isTiltError(error) || error.code !== 'docker/unreachable') throw error
    deps.onEngineLost(error)
    return { phase: 'cancelled', error: error.message, again: true }
  }
}

function containersNow(deps: ServiceUpdateDeps, { spec }: ServiceResource) {
  return async () => (await containersOf(deps.docker, spec.compose)).filter(({ state }) => state.status !== 'removing')
}

async function buildAndDeploy(
  deps: ServiceUpdateDeps,
  resource: ServiceResource,
  run: UpdateRun,
): Promise<UpdateOutcome> {
  const { spec } = resource
  const force = isForced(spec, run.causes, run.isFirst)
  const images = await updateImages(deps.imageUpdates, resource, run, force)
  if (!images.ok) return { phase: 'failed', error: images.error, exitCode: images.exitCode }
  const span = buildSpan(run.update)
  const log = (text: string, level: 'info' | 'warn' | 'error' = 'info'): void =>
    void deps.logs.append(span, text, level)
  const done = run.steps.begin('deploy')
  const deployed = await deployService(
    deps,
    { resource: resource.metadata.name, spec, results: images.results, force, services: servicesOf(deps, spec), log },
    run.signal,
  )
  const synced = deployed.phase === 'succeeded' ? await followContainers(deps, resource, log, run) : undefined
  // What depends on it must not see it as it was before.
  if (deployed.skipped === undefined) await deps.lookAtContainers(resource.metadata.name)
  const end = synced ?? deployed
  done(end.phase === 'failed' ? end.error : undefined)
  return end
}

/** Opens the ways into the containers ahead of the first edit, and does what `initialSync` asks for. */
async function followContainers(
  deps: ServiceUpdateDeps,
  resource: ServiceResource,
  log: (text: string) => void,
  run: UpdateRun,
): Promise<UpdateOutcome | undefined> {
  if (!hasLiveUpdate(resource.spec.images)) return undefined
  const request = liveRequest(deps, resource, containersNow(deps, resource), log)
  const containers = await request.containers()
  const running = containers.filter(({ state }) => state.running).map(({ id }) => id)
  deps.channels.keep(resource.metadata.name, running)
  if (deps.command === 'dev') for (const id of running) deps.channels.warm(id)
  const end = await syncNewContainers(deps, request, run.signal)
  if (end.kind === 'done') log(`Initial sync: ${changesText(end)}\n`)
  return failureOf(end)
}

function failureOf(end: LiveUpdateEnd): UpdateOutcome | undefined {
  if (end.kind === 'failed') return { phase: 'failed', error: `initial sync: ${end.error}`, exitCode: end.exitCode }
  if (end.kind === 'fallback') return { phase: 'failed', error: `initial sync: ${end.reason}` }
  return undefined
}

function servicesOf({ store }: ServiceUpdateDeps, { compose }: ComposeResourceSpec): readonly ComposeDeploy[] {
  return store.list('Resource').flatMap(({ spec, status }) => {
    const isBeside = spec.compose?.project.name === compose.project.name && status.enabled === 'enabled'
    return isBeside && spec.compose !== undefined ? [spec.compose] : []
  })
}
