import type { PodRef } from '@tiltts/runtime/ports'

/** Of the API. @param what `log`, `exec`, `portforward`; absent: the pod itself */
export function podPath({ namespace, pod }: PodRef, what?: string): string {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`
  return what === undefined ? path : `${path}/${what}`
}
