import type { LinkContext, LinkedResource } from '@tiltts/core/graph'
import { refOf, refText } from '@tiltts/core/kubernetes'
import type { KubernetesManifest } from '@tiltts/spec'
import { clusterKeyOf } from '../controllers/kubernetes/kubernetes-cluster.js'
import { isMeant } from '../controllers/kubernetes/unwanted-objects.js'
import { worldsNo } from '../controllers/tasks.js'
import { isLost } from '../executors/kubernetes/apply-objects.js'
import { type CustomDeployDeps, runDeployStep } from '../executors/kubernetes/custom-deploy.js'
import { isKept } from '../executors/kubernetes/down-policy.js'
import { inventories, markOf } from '../executors/kubernetes/inventory.js'
import { isPrecious, leftText, type RemovedObject, removeObjects } from '../executors/kubernetes/remove-objects.js'
import type { Kubernetes } from '../ports/kubernetes.js'
import type { Records } from '../ports/records.js'

export interface DownKubernetesDeps extends CustomDeployDeps {
  readonly kubernetes: Kubernetes
  readonly records: Records
  readonly onOutput: (text: string) => void
}

export interface DownKubernetesJob {
  /** Those that are taken down, in that order. */
  readonly resources: readonly LinkedResource[]
  /** All of the config. */
  readonly all: readonly LinkedResource[]
  readonly context: LinkContext | undefined
  readonly deleteNamespaces: boolean
  /** Tells this project's records from those of others. */
  readonly project: string
}

type DownError = { readonly resource: string; readonly message: string }

/**
 * Deletes what resources have in the cluster, one resource after another, without waiting until it is gone; then what this
 * project has put there earlier and the config does not have any more.
 *
 * @returns what failed; the others went on
 */
export async function downKubernetes(
  deps: DownKubernetesDeps,
  { resources, all, context, deleteNamespaces, project }: DownKubernetesJob,
  signal: AbortSignal,
): Promise<readonly DownError[]> {
  const deployed = resources.filter(({ spec }) => spec.kubernetes !== undefined && spec.kubernetes.target === undefined)
  const errors: DownError[] = []
  const namespaces: string[] = []
  // One that does not answer would be asked again for each resource, and each would say so.
  let lost = false
  const failed = (resource: string) => (error: unknown) => {
    if (isLost(error)) lost = true
    if (!signal.aborted) errors.push({ resource, message: worldsNo(error) })
  }
  const staysUp = (object: Pick<KubernetesManifest, 'kind'> & { readonly name: string }): boolean => {
    if (object.kind !== 'Namespace' || deleteNamespaces) return false
    namespaces.push(object.name)
    return true
  }
  const remove = (resource: string, objects: readonly RemovedObject[]): Promise<void> =>
    removeObjects(
      deps.kubernetes,
      { objects, mark: markOf(project) },
      (object, end) => {
        if (end === 'removed') deps.onOutput(`${resource}: ${refText(object)} was deleted\n`)
        else if (end === 'absent') return
        else if ('error' in end) errors.push({ resource, message: end.error })
        else deps.onOutput(`${resource}: ${leftText(object, end.leftTo)}\n`)
      },
      signal,
    ).catch(failed(resource))

  for (const { name, spec } of deployed) {
    if (signal.aborted) return errors
    if (spec.kubernetes?.custom !== undefined) {
      errors.push(...(await removeByCommand(deps, name, spec.kubernetes.custom.remove, signal)))
      continue
    }
    if (lost) continue
    const objects = (spec.kubernetes?.objects ?? []).filter((object) => !isKept(object)).map(refOf)
    await remove(
      name,
      objects.filter((object) => !staysUp(object)),
    )
  }
  if (deployed.length > 0 && !lost && !signal.aborted) {
    const orphans = await orphansOf(deps, { resources: deployed, all, context, project }, signal).catch(
      (error: unknown) => {
        failed('earlier sessions')(error)
        return []
      },
    )
    await remove(
      'earlier sessions',
      orphans.filter((object) => !staysUp(object)),
    )
  }
  if (namespaces.length > 0)
    deps.onOutput(
      `Namespaces that stay: ${[...new Set(namespaces)].join(', ')}. To delete them, too: --delete-namespaces\n`,
    )
  return errors
}

async function removeByCommand(
  deps: DownKubernetesDeps,
  resource: string,
  step: Parameters<typeof runDeployStep>[1]['step'],
  signal: AbortSignal,
): Promise<readonly DownError[]> {
  const log = (text: string): void => deps.onOutput(text)
  try {
    deps.onOutput(`${resource}: ${step.command.display}\n`)
    const request = { resource, step, images: [], changedFiles: [], timeoutMs: 0, log }
    const end = await runDeployStep(deps, request, signal)
    if (end.ok && typeof end.output === 'string') deps.onOutput(end.output)
    return end.ok ? [] : [{ resource, message: end.error }]
  } catch (error) {
    return signal.aborted ? [] : [{ resource, message: worldsNo(error) }]
  }
}

/** Objects of resources that the config has no more, and those that these resources had and no resource has any more. */
async function orphansOf(
  { kubernetes, records }: DownKubernetesDeps,
  { resources, all, context, project }: Pick<DownKubernetesJob, 'resources' | 'all' | 'context' | 'project'>,
  signal: AbortSignal,
): Promise<readonly RemovedObject[]> {
  const { uid } = await kubernetes.info(signal)
  const connection = context && { ...context, context: context.name }
  const inventory = await inventories(records, project).of(clusterKeyOf(connection, uid))
  const stays = new Set(all.map(({ name }) => name))
  for (const { name } of resources) stays.delete(name)
  const refs = all.flatMap(({ spec }) => spec.kubernetes?.objects ?? []).map(refOf)
  const namespace = context?.namespace ?? 'default'
  return inventory
    .all()
    .filter((entry) => !stays.has(entry.resource) && !refs.some((ref) => isMeant(ref, entry, namespace)))
    .filter((entry) => !entry.keep && (!isPrecious(entry) || entry.kind === 'Namespace'))
}
