import { refText } from '@tiltts/core/kubernetes'
import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { type CustomDeploy, clusterName, type KubernetesApplyStatus, type TiltError, wellKnown } from '@tiltts/spec'
import { isLost } from '../../executors/kubernetes/apply-objects.js'
import { type CustomDeployDeps, runDeployStep } from '../../executors/kubernetes/custom-deploy.js'
import type { Inventories, InventoryEntry } from '../../executors/kubernetes/inventory.js'
import {
  isPrecious,
  leftText,
  type RemovalKubernetes,
  removeObjects,
} from '../../executors/kubernetes/remove-objects.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { type NameController, own, watch } from '../controller.js'
import { disableMapIndex } from '../disable-index.js'
import { switchOf, switchState } from '../switch-state.js'
import type { Tasks } from '../tasks.js'
import { clusterKey, connectionOf, isClusterConnected, kubernetesCluster } from './kubernetes-cluster.js'
import { unwantedObjects } from './unwanted-objects.js'

export interface KubernetesGcDeps extends CustomDeployDeps {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly kubernetes: RemovalKubernetes & Pick<Kubernetes, 'frozenKubeconfig'>
  readonly inventories: Inventories
  readonly tasks: Tasks
  readonly command: 'dev' | 'ci'
  readonly reportLost: (error: TiltError) => void
}

export interface KubernetesGc extends NameController {
  close(): void
}

/** So long it is quiet before anything is deleted: what moves from one resource to another does so in one go. */
const quietMs = 200
/** A cluster that nothing else needs any more, and does not answer, is asked again after so long. */
const retryMs = 10_000

/**
 * Deletes what this project has put into the cluster and no resource has any more, in the background: only the very objects
 * that were applied from here, and never what holds more than its definition.
 */
export function kubernetesGc(deps: KubernetesGcDeps): KubernetesGc {
  const { store, logs, clock, tasks } = deps
  const byMap = disableMapIndex()
  const wasEnabled = new Set<string>()
  /** Custom deploys whose command ran in this session. */
  const ran = new Map<string, { readonly custom: CustomDeploy; readonly timeoutMs: number }>()
  /** What was known of those that were removed: as long as it is the same, their command did not run again. */
  const removed = new Map<string, KubernetesApplyStatus | undefined>()
  const life = new AbortController()
  /** Of this session: it is tidied up, too, when the config has nothing for it any more. */
  let cluster: { readonly key: string; readonly namespace: string } | undefined
  let cancelTimer = (): void => {}
  let collecting = false
  let again = false

  const schedule = (): void => {
    cancelTimer()
    cancelTimer = clock.timer(quietMs, begin)
  }

  const begin = (): void => {
    // While the cluster is away it waits; this comes again when that answers.
    const needed = kubernetesCluster(store)
    if (life.signal.aborted || (needed !== undefined && !isClusterConnected(store))) return
    if (needed !== undefined)
      cluster = { key: clusterKey(store), namespace: connectionOf(needed)?.namespace ?? 'default' }
    if (cluster === undefined) return
    const { key, namespace } = cluster
    if (collecting) {
      again = true
      return
    }
    collecting = true
    tasks.run('deleting what no resource has any more', async () => {
      try {
        await collect(key, namespace)
      } catch (error) {
        if (life.signal.aborted) return
        if (!isLost(error)) throw error
        deps.reportLost(error)
        if (kubernetesCluster(store) === undefined) cancelTimer = clock.timer(retryMs, begin)
      } finally {
        collecting = false
        if (again) schedule()
        again = false
      }
    })
  }

  const collect = async (key: string, namespace: string): Promise<void> => {
    await removeCustom()
    const inventory = await deps.inventories.of(key)
    const options = { command: deps.command, namespace, wasEnabled: (name: string) => wasEnabled.has(name) }
    const unwanted = unwantedObjects(store, inventory.all(), options).filter((entry) => !entry.left)
    const kept = unwanted.filter((entry) => entry.keep === true || isPrecious(entry))
    for (const entry of kept) say(entry.resource, `${refText(entry)} is left in the cluster: ${whyKept(entry)}\n`)
    const gone = new Set<string>()
    try {
      await removeObjects(
        deps.kubernetes,
        { objects: unwanted.filter((entry) => !kept.includes(entry)), mark: deps.inventories.mark },
        (entry, end) => {
          if (typeof end === 'object' && 'error' in end) return say(entry.resource, `${end.error}\n`, 'error')
          gone.add(entry.uid)
          if (typeof end === 'object') say(entry.resource, `${leftText(entry, end.leftTo)}\n`)
          else if (end === 'removed') say(entry.resource, `${refText(entry)} was deleted: ${whyGone(entry)}\n`)
        },
        life.signal,
      )
    } finally {
      if (gone.size > 0) await inventory.drop(gone)
      if (kept.length > 0) await inventory.put(kept.map((entry) => ({ ...entry, left: true })))
    }
  }

  /** Deletes by the user's own commands what was deployed by them. */
  const removeCustom = async (): Promise<void> => {
    for (const [name, { custom, timeoutMs }] of ran) {
      const apply = store.get('KubernetesApply', name)
      if (apply !== undefined && switchOf(store, name) !== 'disabled') continue
      if (store.get('Resource', name)?.status.current !== undefined) {
        // What deploys is being ended, and must not do so beside what removes.
        again = true
        continue
      }
      ran.delete(name)
      removed.set(name, apply?.status)
      const log = (text: string, level: 'info' | 'warn' | 'error' = 'info'): void => say(name, text, level)
      const request = { resource: name, step: custom.remove, images: [], changedFiles: [], timeoutMs, log }
      const end = await runDeployStep(deps, request, life.signal)
      if (end.ok && typeof end.output === 'string') log(end.output)
      if (!end.ok) log(`It could not be removed: ${end.error}\n`, 'error')
    }
  }

  const say = (resource: string, text: string, level: 'info' | 'warn' | 'error' = 'info'): void => {
    const id = `kubernetes-gc:${resource}`
    logs.span({ id, resource, source: 'runtime' })
    logs.append(id, text, level)
  }

  const whyGone = ({ resource }: InventoryEntry): string => {
    if (store.get('KubernetesApply', resource) === undefined) return `the config has no resource ${resource} any more`
    return switchOf(store, resource) === 'disabled'
      ? `${resource} was switched off`
      : 'its manifests are without it now'
  }

  const note = (name: string): void => {
    const apply = store.get('KubernetesApply', name)
    byMap.set(name, apply?.spec.disableSource)
    if (apply === undefined) {
      removed.delete(name)
      return
    }
    if (switchState(store, apply.spec.disableSource) === 'enabled') wasEnabled.add(name)
    const deploy = store.get('Resource', name)?.spec.kubernetes
    const { appliedOnce, error } = apply.status
    const isOver = removed.get(name) === apply.status
    if (deploy?.custom !== undefined && !isOver && (appliedOnce || error !== undefined))
      ran.set(name, { custom: deploy.custom, timeoutMs: deploy.timeoutMs })
  }

  return {
    name: 'kubernetes-gc',
    watches: [
      own('KubernetesApply'),
      watch('ConfigMap', ({ name }) => byMap.of(name)),
      watch('Cluster', ({ name, before, after }) =>
        name === clusterName.kubernetes && before?.status.connectedAt !== after?.status.connectedAt
          ? [wellKnown.tiltfile]
          : [],
      ),
    ],
    reconcile(name) {
      if (life.signal.aborted) return
      note(name)
      schedule()
    },
    close() {
      cancelTimer()
      life.abort(new Error('the session ends'))
    },
  }
}

function whyKept({ keep, kind }: InventoryEntry): string {
  return keep === true
    ? 'its annotation tilt.dev/down-policy says so'
    : `what a ${kind} holds is deleted by nobody but you`
}
