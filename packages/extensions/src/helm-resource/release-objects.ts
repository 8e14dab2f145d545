import type { KubernetesObject } from '@tiltts/config'

interface ReleaseStatus {
  readonly info?: { readonly resources?: Readonly<Record<string, readonly KubernetesObject[]>> | null }
}

/** The objects of a release as the cluster has them; not the pods that helm finds for them, which nobody has deployed. */
export function releaseObjects(status: string): readonly KubernetesObject[] {
  const { info } = JSON.parse(status) as ReleaseStatus
  return Object.entries(info?.resources ?? {})
    .filter(([kind]) => !kind.endsWith('(related)'))
    .flatMap(([, objects]) => objects)
    .map(({ metadata: { managedFields: _, ...metadata }, ...object }) => ({ ...object, metadata }) as KubernetesObject)
}
