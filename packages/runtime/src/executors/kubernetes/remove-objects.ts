import { applyRank, refText } from '@tiltts/core/kubernetes'
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

/**
 * Deletes objects in the reverse of the order of applying, without waiting until they are gone. What is not there any more
 * is no error; nor does an error keep the others.
 *
 * @param onEnd told of each: `absent` when there was none, or another one than was meant
 */
export async function removeObjects<T extends RemovedObject>(
  kubernetes: Pick<Kubernetes, 'remove'>,
  objects: readonly T[],
  onEnd: (object: T, end: 'removed' | 'absent' | { readonly error: string }) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const object of objects.toReversed().toSorted((a, b) => applyRank(b) - applyRank(a))) {
    signal.throwIfAborted()
    try {
      onEnd(object, await kubernetes.remove(object, { uid: object.uid }, signal))
    } catch (error) {
      signal.throwIfAborted()
      if (isLost(error)) throw error
      onEnd(object, { error: `${refText(object)} could not be deleted: ${worldsNo(error)}` })
    }
  }
}
