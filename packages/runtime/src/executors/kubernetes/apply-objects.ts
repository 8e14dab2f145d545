import { applyRank, otherProjects, refOf, refText } from '@tiltts/core/kubernetes'
import { type AppliedObject, isTiltError, type KubernetesManifest, type TiltError } from '@tiltts/spec'
import { worldsNo } from '../../controllers/tasks.js'
import type { PreparedObject } from './applied-object.js'
import { type ApplyDeps, applyObject, type ObjectEnd, type ObjectJob } from './apply-object.js'

export interface ApplyJob extends Omit<ObjectJob, 'before'> {
  /** In the order in which they are applied. */
  readonly objects: readonly PreparedObject[]
  /** What was applied before under the name of an object. */
  readonly beforeOf: (object: KubernetesManifest) => AppliedObject | undefined
  /** Told of each that was written, as soon as it was. */
  readonly onWritten: (end: ObjectEnd) => void
}

export interface ApplyEnd {
  /** What the cluster has now, in order; of a failed one as far as it came. */
  readonly applied: readonly AppliedObject[]
  /** The server's objects, alike. */
  readonly objects: readonly KubernetesManifest[]
  /** Nothing was written. */
  readonly unchanged: boolean
  /** One line for each object that was refused. */
  readonly errors: readonly string[]
}

/** So many objects are applied at once. */
const atOnce = 10

/**
 * Makes the objects of a resource what they should be, rank by rank: those of one rank together. After a rank with an
 * error none follows.
 */
export async function applyObjects(deps: ApplyDeps, job: ApplyJob, signal: AbortSignal): Promise<ApplyEnd> {
  const ends: ObjectEnd[] = []
  const errors: string[] = []
  const attempted: string[] = []
  for (const rank of ranksOf(job.objects)) {
    const results = await inParallel(rank, async (prepared) => {
      const { object } = prepared
      attempted.push(refText(refOf(object)))
      try {
        const end = await applyObject(deps, prepared, { ...job, before: job.beforeOf(object) }, signal)
        if (end.how !== 'unchanged') job.onWritten(end)
        return end
      } catch (error) {
        signal.throwIfAborted()
        if (isLost(error)) throw error
        return named(object, worldsNo(error))
      }
    })
    for (const result of results) {
      if (typeof result === 'string') errors.push(result)
      else ends.push(result)
    }
    if (errors.length > 0) break
  }
  tell(job, ends, { errors, attempted })
  warnOfOthers(job, ends)
  return {
    applied: ends.map(({ applied }) => applied),
    objects: ends.map(({ object }) => object),
    unchanged: ends.every(({ how }) => how === 'unchanged'),
    errors,
  }
}

/** Whether an error says that the cluster does not answer, so that it is worth waiting for it. */
export function isLost(error: unknown): error is TiltError {
  return isTiltError(error) && (error.code === 'kubernetes/unreachable' || error.code === 'kubernetes/unauthorized')
}

function tell(
  { log }: ApplyJob,
  ends: readonly ObjectEnd[],
  { errors, attempted }: { readonly errors: readonly string[]; readonly attempted: readonly string[] },
): void {
  if (errors.length > 0) {
    log(`Objects that were tried:\n${attempted.map((text) => `  ${text}\n`).join('')}`)
    return
  }
  const list = (how: ObjectEnd['how']): readonly string[] =>
    ends.filter((end) => end.how === how).map(({ object }) => `  ${refText(refOf(object))}\n`)
  const written = [...list('applied'), ...list('replaced')]
  if (written.length > 0) log(`Objects that were applied:\n${written.join('')}`)
  const same = list('unchanged')
  if (same.length > 0) log(`Objects that are unchanged:\n${same.join('')}`)
}

/** Two projects that apply one object undo each other's changes: whoever sees that has to know where to look. */
function warnOfOthers({ log, mark }: ApplyJob, ends: readonly ObjectEnd[]): void {
  const shared = new Map<string, string[]>()
  for (const { object } of ends) {
    for (const other of otherProjects(object, mark))
      shared.set(other, [...(shared.get(other) ?? []), refText(refOf(object))])
  }
  for (const [other, objects] of shared)
    log(
      `The project of ${other} applies ${objects.join(', ')}, too: whoever applies last wins. Give one of the projects other names or another namespace; what both have is deleted by neither\n`,
      'warn',
    )
}

function ranksOf(objects: readonly PreparedObject[]): readonly (readonly PreparedObject[])[] {
  const ranks = new Map<number, PreparedObject[]>()
  for (const prepared of objects) {
    const rank = applyRank(prepared.object)
    ranks.set(rank, [...(ranks.get(rank) ?? []), prepared])
  }
  return [...ranks].sort(([a], [b]) => a - b).map(([, rank]) => rank)
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}

/** The server's words name the object mostly, but not always. */
function named(object: KubernetesManifest, message: string): string {
  const { name } = object.metadata
  return message.includes(name) ? message : `${refText(refOf(object))}: ${message}`
}
