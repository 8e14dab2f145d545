import type { KubernetesObject, StepContext } from '@tiltts/config'

interface ReleaseStatus {
  readonly info?: { readonly resources?: Readonly<Record<string, readonly KubernetesObject[]>> | null }
}

/** What helm tells of a release, with its objects: helm 4 always tells them, helm 3 when it is asked to. */
export async function statusOf(release: readonly string[], exec: StepContext['exec']): Promise<string> {
  const status = ['helm', 'status', ...release, '--output', 'json']
  const silent = { quiet: true, echoOff: true }
  const asked = await exec([...status, '--show-resources'], { ...silent, allowFailure: true })
  if (asked.exitCode === 0) return asked.stdout
  if (asked.stderr.includes('unknown flag')) return (await exec(status, silent)).stdout
  throw new Error(`${status.join(' ')} failed (exit code ${asked.exitCode}): ${asked.stderr.trim()}`)
}

/** The objects of a release as the cluster has them; not the pods that helm finds for them, which nobody has deployed. */
export function releaseObjects(status: string): readonly KubernetesObject[] {
  const { info } = JSON.parse(status) as ReleaseStatus
  return Object.entries(info?.resources ?? {})
    .filter(([kind]) => !kind.endsWith('(related)'))
    .flatMap(([, objects]) => objects)
    .map(({ metadata: { managedFields: _, ...metadata }, ...object }) => ({ ...object, metadata }) as KubernetesObject)
}
