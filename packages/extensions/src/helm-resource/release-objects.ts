import type { KubernetesObject, StepContext } from '@tiltts/config'
import { runHelm } from './run-helm.js'

interface ReleaseStatus {
  readonly info?: { readonly resources?: Readonly<Record<string, readonly KubernetesObject[]>> | null }
}

/** What helm tells of a release, with its objects: helm 4 always tells them, helm 3 when it is asked to. */
export async function statusOf(exec: StepContext['exec'], release: readonly string[]): Promise<string> {
  const status = ['status', ...release, '--output', 'json']
  const silent = { quiet: true, echoOff: true }
  try {
    return await runHelm(exec, [...status, '--show-resources'], silent)
  } catch (error) {
    if (!String(error).includes('unknown flag')) throw error
    return runHelm(exec, status, silent)
  }
}

/** The objects of a release as the cluster has them; not the pods that helm finds for them, which nobody has deployed. */
export function releaseObjects(status: string): readonly KubernetesObject[] {
  const { info } = JSON.parse(status) as ReleaseStatus
  return Object.entries(info?.resources ?? {})
    .filter(([kind]) => !kind.endsWith('(related)'))
    .flatMap(([, objects]) => objects)
    .map(({ metadata: { managedFields: _, ...metadata }, ...object }) => ({ ...object, metadata }) as KubernetesObject)
}
