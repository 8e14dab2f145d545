import { refText } from '@tiltts/core/kubernetes'
import { InfraError, type KubernetesRef } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Kubernetes } from '../../ports/kubernetes.js'

/** Pods may take their grace time, which is 30 seconds unless they say more. */
const goneMs = 60_000
const lookMs = 200

/** Waits until the very object is gone. Rejects when that takes longer than a minute. */
export async function untilGone(
  { kubernetes, clock }: { readonly kubernetes: Pick<Kubernetes, 'get'>; readonly clock: Clock },
  object: KubernetesRef & { readonly uid: string },
  signal: AbortSignal,
): Promise<void> {
  const until = clock.now() + goneMs
  for (;;) {
    const present = await kubernetes.get(object, signal)
    if (present === undefined || present.metadata['uid'] !== object.uid) return
    if (clock.now() >= until) {
      const finalizers = present.metadata['finalizers']
      const why = Array.isArray(finalizers) && finalizers.length > 0 ? `; it waits for ${finalizers.join(', ')}` : ''
      const message = `${refText(object)} is still being deleted after ${goneMs / 1000} s${why}`
      throw new InfraError('kubernetes/apply-failed', 'kubernetes', message)
    }
    await clock.sleep(lookMs, signal)
  }
}
