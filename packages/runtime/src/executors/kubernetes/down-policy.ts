import { downPolicy } from '@tiltts/core/kubernetes'
import type { KubernetesManifest } from '@tiltts/spec'

/** Whether an object says that it stays, whatever becomes of the session. */
export function isKept(object: KubernetesManifest | undefined): boolean {
  return object?.metadata.annotations?.[downPolicy.annotation] === downPolicy.keep
}
