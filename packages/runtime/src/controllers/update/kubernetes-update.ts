import { type Injection, refOf } from '@tiltts/core/kubernetes'
import type { LogStore } from '@tiltts/core/logs'
import { isForced } from '@tiltts/core/schedule'
import type { ObjectStore } from '@tiltts/core/store'
import {
  type AppliedObject,
  type Image,
  type ImageResult,
  type ImageUse,
  isTiltError,
  type KubernetesApplyStatus,
  type KubernetesManifest,
  type KubernetesResourceSpec,
  type Resource,
  type TiltError,
  toApiTime,
} from '@tiltts/spec'
import { appliedObject } from '../../executors/kubernetes/applied-object.js'
import type { ObjectEnd } from '../../executors/kubernetes/apply-object.js'
import { applyObjects, isLost } from '../../executors/kubernetes/apply-objects.js'
import { type CustomDeployDeps, customDeploy } from '../../executors/kubernetes/custom-deploy.js'
import { isKept } from '../../executors/kubernetes/down-policy.js'
import type { ClusterInventory, Inventories, InventoryEntry } from '../../executors/kubernetes/inventory.js'
import { prepareObjects } from '../../executors/kubernetes/prepare-objects.js'
import type { ImagePushes } from '../../executors/kubernetes/push-image.js'
import { cancelledOutcome, type UpdateOutcome } from '../../executors/outcome.js'
import type { ContainerHelper } from '../../ports/container-helper.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { buildSpan } from '../cmd/span.js'
import { clusterKey, connectionOf, kubernetesCluster, pushTarget } from '../kubernetes/kubernetes-cluster.js'
import { worldsNo } from '../tasks.js'
import { type ImageUpdates, updateImages } from './image-updates.js'
import type { UpdateRun } from './update-steps.js'

export interface KubernetesUpdateDeps extends CustomDeployDeps {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly kubernetes: Kubernetes
  readonly imageUpdates: ImageUpdates
  readonly pushes: ImagePushes
  readonly helper: Pick<ContainerHelper, 'wrap'>
  readonly inventories: Inventories
  /** Runs what builds in one of the slots. */
  readonly inSlot: (work: () => Promise<UpdateOutcome>) => Promise<UpdateOutcome>
  /** Brings changed files into the running pods; `undefined`: nothing to be tried. */
  readonly tryLiveUpdate?:
    | ((resource: KubernetesResource, run: UpdateRun) => Promise<UpdateOutcome | undefined>)
    | undefined
  /** Called before anything is deployed, when the images are there. */
  readonly beforeDeploy?:
    | ((name: string, log: (text: string) => void, signal: AbortSignal) => Promise<void>)
    | undefined
  /**
   * Told of all objects of a resource as the server has them, right after they were applied and noted, before the update
   * ends: so that nobody takes the rollout before this one for this one.
   */
  readonly applied?: ((name: string, objects: readonly KubernetesManifest[]) => Promise<void> | void) | undefined
  /** Told that the engine does not answer any more. */
  readonly onEngineLost: (error: TiltError) => void
  /** Told that the cluster does not answer any more. */
  readonly onClusterLost: (error: TiltError) => void
}

export type KubernetesResource = Resource & { readonly spec: KubernetesResourceSpec }

export function isKubernetes(resource: Resource): resource is KubernetesResource {
  return resource.spec.type === 'k8s'
}

type Log = (text: string, level?: 'info' | 'warn' | 'error') => void

/**
 * Brings a resource of the cluster up to date: changed files go into its pods where its live updates allow it; otherwise its
 * images are built and pushed as far as they have changed, and its objects are made what they should be.
 */
export async function updateKubernetes(
  deps: KubernetesUpdateDeps,
  resource: KubernetesResource,
  run: UpdateRun,
): Promise<UpdateOutcome> {
  const { signal } = run
  if (resource.spec.kubernetes.target !== undefined) return { phase: 'succeeded' }
  try {
    const live = await deps.tryLiveUpdate?.(resource, run)
    if (signal.aborted) return cancelledOutcome
    if (live !== undefined) return live
    const end = await deps.inSlot(() => buildAndDeploy(deps, resource, run))
    return signal.aborted ? cancelledOutcome : end
  } catch (error) {
    if (signal.aborted) return cancelledOutcome
    if (isLost(error)) deps.onClusterLost(error)
    else if (isTiltError(error) && error.code === 'docker/unreachable') deps.onEngineLost(error)
    else throw error
    return { phase: 'cancelled', error: error.message, again: true }
  }
}

async function buildAndDeploy(
  deps: KubernetesUpdateDeps,
  resource: KubernetesResource,
  run: UpdateRun,
): Promise<UpdateOutcome> {
  const force = isForced(resource.spec, run.causes, run.isFirst)
  const log: Log = (text, level = 'info') => void deps.logs.append(buildSpan(run.update), text, level)
  const built = await updateImages(deps.imageUpdates, resource, run, force)
  if (!built.ok) return { phase: 'failed', error: built.error, exitCode: built.exitCode }
  const images = await pushImages(deps, resource, run, built.results, log)
  if (!images.ok) return { phase: 'failed', error: images.error }
  const done = run.steps.begin('deploy')
  try {
    await deps.beforeDeploy?.(resource.metadata.name, log, run.signal)
    const request = { images: images.images, force, log, run }
    const end = await (resource.spec.kubernetes.custom === undefined
      ? applyResource(deps, resource, request)
      : deployByCommand(deps, resource, request))
    done(end.phase === 'failed' ? end.error : undefined)
    return end
  } catch (error) {
    done(error instanceof Error ? error.message : String(error))
    throw error
  }
}

interface BuiltImage {
  readonly image: Image
  readonly use: ImageUse
  /** As the cluster's nodes pull it. */
  readonly clusterRef: string
}

interface DeployRequest {
  readonly images: readonly BuiltImage[]
  readonly force: boolean
  readonly log: Log
  readonly run: UpdateRun
}

/** Brings the images that its containers run to where the nodes find them. */
async function pushImages(
  { store, pushes }: KubernetesUpdateDeps,
  { spec }: KubernetesResource,
  run: UpdateRun,
  results: ReadonlyMap<string, ImageResult>,
  log: Log,
): Promise<
  { readonly ok: true; readonly images: readonly BuiltImage[] } | { readonly ok: false; readonly error: string }
> {
  const images: BuiltImage[] = []
  for (const use of spec.images) {
    const { name, deployed } = use
    const image = store.get('Image', name)
    const result = results.get(name)
    const target = pushTarget(store)
    if (!deployed || image === undefined || result === undefined || target === undefined || isOnlySynced(image))
      continue
    const job = { spec: image.spec, result, target, log, step: run.steps.begin }
    const end = await pushes.push(job, run.signal)
    if (!end.ok) return { ok: false, error: `image ${image.spec.repository}: ${end.error}` }
    images.push({ image, use, clusterRef: end.clusterRef })
  }
  return { ok: true, images }
}

/** Nothing is built of it: files are only synced into what runs already. */
function isOnlySynced({ spec: { node } }: Image): boolean {
  return node.build === 'custom' && node.command === undefined
}

async function applyResource(
  deps: KubernetesUpdateDeps,
  resource: KubernetesResource,
  { images, force, log, run }: DeployRequest,
): Promise<UpdateOutcome> {
  const { store, kubernetes } = deps
  const { name } = resource.metadata
  const deploy = resource.spec.kubernetes
  const prepared = prepareObjects(
    deploy,
    images.map((built) => injectionOf(deps, built)),
    deps.inventories.mark,
  )
  if (!prepared.ok) return failed(deps, name, run, prepared.error)
  const inventory = await deps.inventories.of(clusterKey(store))
  const namespace = connectionOf(kubernetesCluster(store))?.namespace ?? 'default'
  const beforeOf = (object: KubernetesManifest): AppliedObject | undefined => inventory.find(refOf(object), namespace)
  const { timeoutMs } = deploy
  const written: InventoryEntry[] = []
  const onWritten = ({ applied, object }: ObjectEnd): void => {
    written.push({ ...applied, resource: name, ...(isKept(object) && { keep: true }) })
  }
  const { mark } = deps.inventories
  const job = { objects: prepared.objects, beforeOf, onWritten, mark, force, timeoutMs, log }
  // Also of an apply that fails or is called off: what it has put there is to be found again.
  const end = await applyObjects({ kubernetes, clock: deps.clock }, job, run.signal).finally(() =>
    note(inventory, written, log),
  )
  if (end.errors.length > 0) return failed(deps, name, run, end.errors.join('\n'))
  await succeeded(deps, name, run, end.applied, end.objects)
  return end.unchanged ? { phase: 'succeeded', skipped: 'its objects are what they should be' } : { phase: 'succeeded' }
}

/** An apply does not fail because nobody can note it down. */
async function note(inventory: ClusterInventory, written: readonly InventoryEntry[], log: Log): Promise<void> {
  if (written.length === 0) return
  try {
    await inventory.put(written)
  } catch (error) {
    log(`What was applied cannot be kept in mind: ${worldsNo(error)}\n`, 'warn')
  }
}

async function deployByCommand(
  deps: KubernetesUpdateDeps,
  resource: KubernetesResource,
  { images, log, run }: DeployRequest,
): Promise<UpdateOutcome> {
  const { name } = resource.metadata
  const { custom, timeoutMs } = resource.spec.kubernetes
  if (custom === undefined) return { phase: 'succeeded' }
  const named = images.map(({ image, clusterRef }) => ({ name: image.spec.node.ref, ref: clusterRef }))
  const step = { resource: name, step: custom.apply, images: named, changedFiles: run.files, timeoutMs, log }
  const end = await customDeploy(deps, step, run.signal).catch((error: unknown) => {
    // What it may have deployed by then is to be removed when nobody wants it any more.
    if (run.signal.aborted) failed(deps, name, run, 'the command was called off')
    throw error
  })
  if (!end.ok) return { ...failed(deps, name, run, end.error), exitCode: end.exitCode }
  const applied = end.objects.map((object) => appliedObject({ object, hash: '', podTemplateHashes: [] }, object))
  await succeeded(deps, name, run, applied, end.objects)
  return { phase: 'succeeded' }
}

function failed(deps: KubernetesUpdateDeps, name: string, run: UpdateRun, error: string): UpdateOutcome {
  writeApply(deps, name, run, (status) => ({ ...status, error }))
  return { phase: 'failed', error }
}

async function succeeded(
  deps: KubernetesUpdateDeps,
  name: string,
  run: UpdateRun,
  applied: readonly AppliedObject[],
  objects: readonly KubernetesManifest[],
): Promise<void> {
  const lastApplyTime = toApiTime(deps.clock.now())
  writeApply(deps, name, run, () => ({ applied, lastApplyTime, appliedOnce: true }))
  await deps.applied?.(name, objects)
}

function writeApply(
  { store }: KubernetesUpdateDeps,
  name: string,
  { update }: UpdateRun,
  change: (status: KubernetesApplyStatus) => KubernetesApplyStatus,
): void {
  store.update({ by: 'update', resource: name, update }, (tx) => {
    if (tx.get('KubernetesApply', name) !== undefined) tx.status('KubernetesApply', name, change)
  })
}

function injectionOf({ helper }: KubernetesUpdateDeps, { image, use, clusterRef }: BuiltImage): Injection {
  const { node } = image.spec
  const { matchInEnvVars, entrypoint, containerArgs } = node
  const { entrypoint: process, onExit = 'end' } = node.liveUpdate?.restart ?? {}
  return {
    name: image.metadata.name,
    declared: node.ref,
    refs: use.refs ?? [],
    clusterRef,
    matchInEnvVars,
    entrypoint,
    args: containerArgs,
    // What the config has started again is also what is started first.
    ...(image.spec.helper && { wrap: (argv) => helper.wrap(process ?? argv, { onExit }) }),
  }
}
