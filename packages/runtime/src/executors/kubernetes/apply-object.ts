import { downPolicy, objectProgress, type ProjectMark, refOf, refText } from '@tiltts/core/kubernetes'
import { type AppliedObject, InfraError, isTiltError, type KubernetesManifest } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { kubernetesRefusal } from '../../ports/kubernetes-refusal.js'
import { within } from '../../within.js'
import { appliedObject, isAsApplied, isBeingDeleted, type PreparedObject } from './applied-object.js'
import { untilGone } from './until-gone.js'

export interface ApplyDeps {
  readonly kubernetes: Kubernetes
  readonly clock: Clock
}

export interface ObjectJob {
  /** Milliseconds that each request and each wait for a definition may take. */
  readonly timeoutMs: number
  /** What was applied before under its name, in this session or an earlier one. */
  readonly before?: AppliedObject | undefined
  /** Of the project that applies. */
  readonly mark: ProjectMark
  /** Applied even when nothing has changed; workloads are made anew. */
  readonly force: boolean
  readonly log: (text: string, level?: 'info' | 'warn' | 'error') => void
}

export interface ObjectEnd {
  readonly applied: AppliedObject
  /** The server's. */
  readonly object: KubernetesManifest
  readonly how: 'applied' | 'unchanged' | 'replaced'
}

/** Kinds that hold nothing which a new object of the same definition would not have. */
const replaceable = new Set(['/Pod', 'apps/DaemonSet', 'apps/Deployment', 'apps/StatefulSet', 'batch/Job'])
const lookMs = 100
/** Between one attempt and the next while the server is in trouble, doubled each time: about eight seconds in all. */
const firstWaitMs = 250
const longestWaitMs = 4000

/** Makes one object of the cluster what it should be. Rejects with an InfraError that names the object. */
export async function applyObject(
  deps: ApplyDeps,
  prepared: PreparedObject,
  job: ObjectJob,
  signal: AbortSignal,
): Promise<ObjectEnd> {
  const { object, hash } = prepared
  const { before, force } = job
  if (!force && before?.hash === hash) {
    const present = await limited(deps, object, job, signal, (limit) => deps.kubernetes.get(before, limit))
    if (present !== undefined && isAsApplied(before, present))
      return { applied: before, object: present, how: 'unchanged' }
  }
  const ended = force && isReplaceable(object) ? await replace(deps, object, job, signal) : undefined
  const { server, how } = ended ?? (await applyOrReplace(deps, object, job, signal))
  const settled = await waitForDefinition(deps, server, job, signal)
  return { applied: appliedObject(prepared, settled), object: settled, how }
}

interface Sent {
  readonly server: KubernetesManifest
  readonly how: 'applied' | 'replaced'
}

async function applyOrReplace(
  deps: ApplyDeps,
  object: KubernetesManifest,
  job: ObjectJob,
  signal: AbortSignal,
): Promise<Sent> {
  try {
    const server = await send(deps, object, job, signal)
    if (!isBeingDeleted(server)) return { server, how: 'applied' }
    job.log(`${textOf(object)} is being deleted: waiting until it is gone\n`)
    await untilGone(deps, { ...refOf(server), uid: String(server.metadata['uid']) }, signal)
    return { server: await send(deps, object, job, signal), how: 'applied' }
  } catch (error) {
    if (!isImmutable(error)) throw error
    if (!isReplaceable(object)) {
      const present = await limited(deps, object, job, signal, (limit) => deps.kubernetes.get(refOf(object), limit))
      throw offer(present ?? object, error)
    }
    const replaced = await replace(deps, object, job, signal)
    // It is not there, so that it is the definition itself that is refused.
    if (replaced === undefined) throw error
    return replaced
  }
}

/** Deletes what is there and applies it anew; `undefined`: there is nothing to be deleted. */
async function replace(
  deps: ApplyDeps,
  object: KubernetesManifest,
  job: ObjectJob,
  signal: AbortSignal,
): Promise<Sent | undefined> {
  const present = await limited(deps, object, job, signal, (limit) => deps.kubernetes.get(refOf(object), limit))
  if (present === undefined) return undefined
  const uid = String(present.metadata['uid'])
  job.log(
    `${textOf(object)} ${job.force ? 'is made anew' : 'cannot be changed in place: it is deleted and made anew'}\n`,
  )
  await limited(deps, object, job, signal, (limit) => deps.kubernetes.remove(refOf(present), { uid }, limit))
  await untilGone(deps, { ...refOf(present), uid }, signal)
  return { server: await send(deps, object, job, signal), how: 'replaced' }
}

async function send(
  deps: ApplyDeps,
  object: KubernetesManifest,
  job: ObjectJob,
  signal: AbortSignal,
): Promise<KubernetesManifest> {
  const onWarning = (message: string): void => job.log(`${textOf(object)}: ${message}\n`, 'warn')
  const once = (): Promise<KubernetesManifest> =>
    limited(deps, object, job, signal, (limit) =>
      deps.kubernetes.apply({ object, fieldManager: job.mark.fieldManager, force: true, onWarning }, limit),
    )
  try {
    return await once()
  } catch (error) {
    // It went away, or was changed, while it was being applied.
    const refusal = kubernetesRefusal(error)
    const moved = refusal?.reason === 'Conflict' || (refusal?.reason === 'NotFound' && job.before !== undefined)
    if (!moved || signal.aborted) throw error
    return await once()
  }
}

/** Objects of a new kind can only be applied once the server knows it. */
async function waitForDefinition(
  deps: ApplyDeps,
  server: KubernetesManifest,
  job: ObjectJob,
  signal: AbortSignal,
): Promise<KubernetesManifest> {
  if (server.kind !== 'CustomResourceDefinition') return server
  return limited(deps, server, job, signal, async (limit) => {
    let present = server
    for (;;) {
      const { state, message } = objectProgress(present)
      if (state === 'ready') return present
      if (state === 'failed') throw refused(`${textOf(server)}: ${message ?? 'it was not accepted'}`)
      await deps.clock.sleep(lookMs, limit)
      present = (await deps.kubernetes.get(refOf(server), limit)) ?? present
    }
  })
}

function limited<T>(
  deps: ApplyDeps,
  object: KubernetesManifest,
  job: ObjectJob,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = (cause: unknown): InfraError =>
    refused(`${textOf(object)} was not applied within ${job.timeoutMs / 1000} s`, cause)
  return within(deps.clock, { ms: job.timeoutMs, late }, signal, (limit) => patiently(deps, object, job, limit, work))
}

/** Once more, and again, as long as the server itself is in trouble: it changes its leader, or a webhook is yet to start. */
async function patiently<T>(
  { clock }: ApplyDeps,
  object: KubernetesManifest,
  { log }: ObjectJob,
  limit: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (let waitMs = firstWaitMs; ; waitMs *= 2) {
    try {
      return await work(limit)
    } catch (error) {
      const refusal = kubernetesRefusal(error)
      if (!isTiltError(error) || refusal === undefined || limit.aborted) throw error
      if ((refusal.status < 500 && refusal.status !== 429) || waitMs > longestWaitMs) throw error
      if (waitMs === firstWaitMs) log(`${textOf(object)}: ${error.message}; it is tried again\n`, 'warn')
      await clock.sleep(waitMs, limit)
    }
  }
}

/** Whether the server refuses to change what may never be changed. What a policy forbids names no fields. */
function isImmutable(error: unknown): boolean {
  const refusal = kubernetesRefusal(error)
  if (refusal?.status !== 422 || refusal.reason !== 'Invalid') return false
  return refusal.causes.some(
    ({ message, field }) => field !== '' && /immutable|may not change|updates to .* are forbidden/i.test(message),
  )
}

function isReplaceable(object: KubernetesManifest): boolean {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : ''
  const kept = object.metadata.annotations?.[downPolicy.annotation] === downPolicy.keep
  return !kept && replaceable.has(`${group}/${object.kind}`)
}

/** @param object as the server has it, so that its namespace is known */
function offer(object: KubernetesManifest, error: unknown): unknown {
  if (!isTiltError(error)) return error
  const { namespace, name } = object.metadata
  const where = namespace === undefined ? '' : ` --namespace ${namespace}`
  const message = `${error.message}\nIt is not deleted, as what it holds would be lost. When that may go: kubectl delete ${object.kind.toLowerCase()} ${name}${where}`
  return refused(message, error)
}

function refused(message: string, cause?: unknown): InfraError {
  return new InfraError('kubernetes/apply-failed', 'kubernetes', message, { cause })
}

function textOf(object: KubernetesManifest): string {
  return refText(refOf(object))
}
