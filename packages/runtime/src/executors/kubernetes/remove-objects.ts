import { applyRank, otherProjects, type ProjectMark, refText } from '@tiltts/core/kubernetes'
import type { KubernetesRef } from '@tiltts/spec'
import { worldsNo } from '../../controllers/tasks.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { isLost } from './apply-objects.js'

export interface RemovedObject extends KubernetesRef {
  /** Absent: whatever has the name. */
  readonly uid?: string | undefined
}

/** Kinds that are never deleted by themselves: what they hold is more than their definition. */
const precious = new Set(['CustomResourceDefinition', 'Namespace', 'PersistentVolume', 'PersistentVolumeClaim'])

/** Whether an object holds what no new one would have, so that nobody deletes it who was not told to. */
export function isPrecious({ kind }: Pick<KubernetesRef, 'kind'>): boolean {
  return precious.has(kind)
}

/** What became of an object: `absent` when there was none, or another one than was meant; else who has it, too. */
export type RemovalEnd = 'removed' | 'absent' | { readonly leftTo: readonly string[] } | { readonly error: string }

/**
 * Deletes objects in the reverse of the order of applying, without waiting until they are gone. What is not there any more
 * is no error; nor does an error keep the others. What other projects have applied, too, is left to them.
 *
 * @param mark of the project that has no use for them any more
 */
export async function removeObjects<T extends RemovedObject>(
  kubernetes: RemovalKubernetes,
  { objects, mark }: { readonly objects: readonly T[]; readonly mark: ProjectMark },
  onEnd: (object: T, end: RemovalEnd) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const object of objects.toReversed().toSorted((a, b) => applyRank(b) - applyRank(a))) {
    signal.throwIfAborted()
    try {
      onEnd(object, await removeOrLeave(kubernetes, object, mark, signal))
    } catch (error) {
      signal.throwIfAborted()
      if (isLost(error)) throw error
      onEnd(object, { error: `${refText(object)} could not be deleted: ${worldsNo(error)}` })
    }
  }
}

export type RemovalKubernetes = Pick<Kubernetes, 'get' | 'apply' | 'remove'>

async function removeOrLeave(
  kubernetes: RemovalKubernetes,
  object: RemovedObject,
  mark: ProjectMark,
  signal: AbortSignal,
): Promise<RemovalEnd> {
  const present = await kubernetes.get(object, signal)
  const uid = String(present?.metadata['uid'] ?? '')
  if (present === undefined || (object.uid !== undefined && uid !== object.uid)) return 'absent'
  const leftTo = otherProjects(present, mark)
  if (leftTo.length === 0) return kubernetes.remove(object, { uid }, signal)
  if (present.metadata.annotations?.[mark.annotation] === undefined) return { leftTo }
  // To apply nothing is to have no part in it any more: what the others have applied stays.
  const { apiVersion, kind, metadata } = present
  const { name, namespace } = metadata
  const nothing = { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } }
  await kubernetes.apply({ object: nothing, fieldManager: mark.fieldManager, force: true }, signal)
  return { leftTo }
}

/** Why an object that was to be deleted is still there. */
export function leftText(object: KubernetesRef, leftTo: readonly string[]): string {
  return `${refText(object)} is left in the cluster: ${leftTo.join(', ')} applies it, too`
}
