import { refOf } from '@tiltts/core/kubernetes'
import type { ObjectStore } from '@tiltts/core/store'
import type {
  AppliedObject,
  KubernetesApplyCmd,
  KubernetesDeploy,
  KubernetesManifest,
  OwnApply,
  StepSpec,
} from '@tiltts/spec'
import { appliedObject, isSameRef } from '../../executors/kubernetes/applied-object.js'
import type { ObjectEnd } from '../../executors/kubernetes/apply-object.js'
import { applyObjects } from '../../executors/kubernetes/apply-objects.js'
import { type CustomDeployDeps, customDeploy, runDeployStep } from '../../executors/kubernetes/custom-deploy.js'
import type { Inventories } from '../../executors/kubernetes/inventory.js'
import { prepareObjects } from '../../executors/kubernetes/prepare-objects.js'
import { leftText, removeObjects } from '../../executors/kubernetes/remove-objects.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { absoluteDir } from '../cmd/absolute-dir.js'
import { kubernetesCluster } from './kubernetes-cluster.js'

export interface DeployDeps extends CustomDeployDeps {
  readonly store: Pick<ObjectStore, 'get'>
  readonly kubernetes: Kubernetes
  readonly inventories: Pick<Inventories, 'mark'>
  /** What folders of commands are relative to. */
  readonly folder: string
}

type Log = (text: string, level?: 'info' | 'warn' | 'error') => void

export type DeployEnd =
  | { readonly ok: true; readonly applied: readonly AppliedObject[]; readonly objects: readonly KubernetesManifest[] }
  | { readonly ok: false; readonly error: string }

export interface OwnDeploy {
  readonly name: string
  readonly own: OwnApply
  readonly timeoutMs: number
  /** What was applied before. */
  readonly before: readonly AppliedObject[]
  /** Told of each object as soon as it is there. */
  readonly onWritten: (object: AppliedObject) => void
  readonly log: Log
}

/** Deploys what a client asks for. What was applied before and is not part of it any more is deleted. */
export async function deployOwn(deps: DeployDeps, job: OwnDeploy, signal: AbortSignal): Promise<DeployEnd> {
  const context = await deps.kubernetes.context()
  // The config was asked about the context when it named things for it; nobody was asked about any other.
  if (context?.isLocal !== true && kubernetesCluster(deps.store) === undefined)
    return { ok: false, error: `the context ${context?.name ?? ''} is not local, and the config does not allow it` }
  return job.own.applyCmd === undefined
    ? applyText(deps, job, context?.namespace ?? 'default', signal)
    : deployByCommand(deps, job, job.own.applyCmd, signal)
}

async function applyText(
  deps: DeployDeps,
  { name, own, timeoutMs, before, onWritten, log }: OwnDeploy,
  namespace: string,
  signal: AbortSignal,
): Promise<DeployEnd> {
  const { kubernetes, clock, inventories } = deps
  const { documents, diagnostics } = await deps.manifests.load([{ type: 'text', text: own.yaml ?? '' }], signal)
  const wrong = diagnostics.find(({ severity }) => severity === 'error')
  if (wrong !== undefined) return { ok: false, error: wrong.message }
  const { mark } = inventories
  const objects = documents.map(({ object }) => object)
  const prepared = prepareObjects(plainDeploy(objects, timeoutMs), [], mark)
  if (!prepared.ok) return prepared
  const beforeOf = (object: KubernetesManifest): AppliedObject | undefined => {
    const ref = refOf(object)
    const named = { ...ref, namespace: ref.namespace || namespace }
    return before.find((one) => isSameRef(one.namespace === '' ? ref : named, one))
  }
  const request = {
    objects: prepared.objects,
    beforeOf,
    onWritten: (end: ObjectEnd) => onWritten(end.applied),
    mark,
    force: false,
    timeoutMs,
    log,
  }
  const end = await applyObjects({ kubernetes, clock }, request, signal)
  if (end.errors.length > 0) return { ok: false, error: end.errors.join('\n') }
  const dropped = before.filter((one) => !end.applied.some(({ uid }) => uid === one.uid))
  await removeOwn(deps, { name, own, applied: dropped, log }, signal)
  return { ok: true, applied: end.applied, objects: end.objects }
}

async function deployByCommand(
  deps: DeployDeps,
  { name, timeoutMs, log }: OwnDeploy,
  command: KubernetesApplyCmd,
  signal: AbortSignal,
): Promise<DeployEnd> {
  const step = { resource: name, step: stepOf(deps, command), images: [], changedFiles: [], timeoutMs, log }
  const end = await customDeploy(deps, step, signal)
  if (!end.ok) return { ok: false, error: end.error }
  const applied = end.objects.map((object) => appliedObject({ object, hash: '', podTemplateHashes: [] }, object))
  return { ok: true, applied, objects: end.objects }
}

export interface OwnRemoval extends Pick<OwnDeploy, 'name' | 'own' | 'log'> {
  readonly applied: readonly AppliedObject[]
}

/** Takes down what a client had deployed: by its own command where it has one, else by deleting the very objects. */
export async function removeOwn(
  deps: DeployDeps,
  { name, own, applied, log }: OwnRemoval,
  signal: AbortSignal,
): Promise<void> {
  if (applied.length === 0) return
  if (own.applyCmd !== undefined) {
    if (own.deleteCmd === undefined) return
    const step = { resource: name, step: stepOf(deps, own.deleteCmd), images: [], changedFiles: [], timeoutMs: 0, log }
    const end = await runDeployStep(deps, step, signal)
    if (!end.ok) log(`What was deployed could not be removed: ${end.error}\n`, 'error')
    return
  }
  const job = { objects: applied, mark: deps.inventories.mark }
  await removeObjects(
    deps.kubernetes,
    job,
    (object, end) => {
      if (typeof end !== 'object') return
      if ('error' in end) log(`${end.error}\n`, 'error')
      else log(`${leftText(object, end.leftTo)}\n`)
    },
    signal,
  )
}

function stepOf({ folder }: DeployDeps, { args, dir = '', env = [] }: KubernetesApplyCmd): StepSpec {
  const pairs = env.map((pair): [string, string] => {
    const at = pair.indexOf('=')
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
  })
  const command = { argv: args, display: args.join(' ') }
  return { command, dir: absoluteDir(folder, dir), env: Object.fromEntries(pairs) }
}

function plainDeploy(objects: readonly KubernetesManifest[], timeoutMs: number): KubernetesDeploy {
  return {
    objects,
    imagePlaces: [],
    portForwards: [],
    podReadiness: 'wait',
    discoveryStrategy: 'default',
    extraPodSelectors: [],
    timeoutMs,
  }
}
