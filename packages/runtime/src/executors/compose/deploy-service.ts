import { hasLiveUpdate } from '@tiltts/core/live-update'
import type { ComposeDeploy, ComposeResourceSpec, ImageResult } from '@tiltts/spec'
import type { Compose } from '../../ports/compose.js'
import type { Docker } from '../../ports/docker.js'
import { pulledImage } from '../image/pulled-image.js'
import { correctContainer } from '../live-update/correct-container.js'
import type { LiveUpdateDeps } from '../live-update/live-container.js'
import type { UpdateOutcome } from '../outcome.js'
import { bringUp } from './bring-up.js'
import { builtByCompose, type ComposeBuildDeps } from './compose-build.js'
import type { ProjectGate } from './project-gate.js'
import { containersOf, wantedHash, whyNotCurrent } from './service-state.js'
import { explainUp } from './up-failure.js'

export interface DeployDeps extends ComposeBuildDeps, Omit<LiveUpdateDeps, 'files' | 'docker'> {
  readonly compose: Compose
  readonly docker: Docker
  readonly gate: ProjectGate
  /** What was live-updated earlier is corrected in `dev`, and replaced in `ci`. */
  readonly command: 'dev' | 'ci'
}

export interface DeployRequest {
  readonly resource: string
  readonly spec: ComposeResourceSpec
  /** Of its images, by the name of the Image object. */
  readonly results: ReadonlyMap<string, ImageResult>
  readonly force: boolean
  /** The services of its project that are on. */
  readonly services: readonly ComposeDeploy[]
  readonly log: (text: string, level?: 'info' | 'warn' | 'error') => void
}

/** Makes the containers of a service what they should be; those that are so already stay as they are. */
export async function deployService(
  deps: DeployDeps,
  request: DeployRequest,
  signal: AbortSignal,
): Promise<UpdateOutcome> {
  const { spec, log, force } = request
  const { service } = spec.compose
  const image = await imageOf(deps, request, signal)
  if (!image.ok) return { phase: 'failed', error: image.error, exitCode: image.exitCode }
  const containers = await containersOf(deps.docker, spec.compose)
  const hash = await wantedHash(deps.docker, spec.compose)
  const why = force ? 'it was asked for' : whyNotCurrent(spec.compose, containers, { hash, imageId: image.id })
  let replace: string | undefined
  if (why === undefined) {
    replace = await whyReplace(deps, request, containers, signal)
    if (replace === undefined)
      return { phase: 'succeeded', skipped: `the containers of ${service.name} are what they should be` }
  }
  log(`Starting ${service.name}: ${why ?? replace}\n`)
  const end = await bringUp(deps, { ...request, recreate: force || replace !== undefined, containers }, signal)
  if (end.exitCode === 0) return { phase: 'succeeded' }
  const words = end.error ?? `compose up ended with exit code ${end.exitCode}`
  const hasImage = (await deps.docker.inspectImage(service.image)) !== undefined
  return { phase: 'failed', error: explainUp({ words, image: service.image, hasImage }), exitCode: end.exitCode }
}

/** The image that its containers should run, tagged as the service calls it. */
async function imageOf(
  deps: DeployDeps,
  request: DeployRequest,
  signal: AbortSignal,
): Promise<{ ok: true; id: string | undefined } | { ok: false; error: string; exitCode?: number | undefined }> {
  const { spec, results, log } = request
  const { service, imageBy } = spec.compose
  if (imageBy === 'compose') return builtByCompose(deps, request, signal)
  if (imageBy === 'none') return { ok: true, id: (await deps.docker.inspectImage(service.image))?.id }
  const name = spec.images.find((image) => image.deployed && results.has(image.name))?.name
  const result = name === undefined ? undefined : results.get(name)
  if (name === undefined || result === undefined)
    return { ok: true, id: (await deps.docker.inspectImage(service.image))?.id }
  let { imageId } = result
  if (imageId === undefined && result.fingerprint !== '')
    imageId = await pulledImage(deps, { name, result }, log, signal)
  if (imageId === undefined) return { ok: true, id: (await deps.docker.inspectImage(service.image))?.id }
  const tagged = await deps.docker.inspectImage(service.image)
  if (tagged?.id !== imageId) await deps.docker.tag(imageId, service.image)
  return { ok: true, id: imageId }
}

/** Looks at containers that were live-updated before, and corrects them; what cannot be corrected is to be replaced. */
async function whyReplace(
  deps: DeployDeps,
  { spec, log }: DeployRequest,
  containers: Awaited<ReturnType<typeof containersOf>>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const image = spec.images.find((one) => one.deployed)
  for (const container of containers) {
    const touched = await deps.synced.touched(container.id)
    if (touched.length === 0) continue
    if (deps.command === 'ci') return 'its container was live-updated'
    const use = image !== undefined && hasLiveUpdate(spec.images) ? image.liveUpdate : undefined
    const end = await correctContainer(deps, { container, image: image?.name ?? '', spec: use, log }, signal)
    if (end.kind === 'replace') return end.reason
    if (end.corrected.length > 0) log(`Corrected ${end.corrected.join(', ')} in ${container.name}\n`)
  }
  return undefined
}
