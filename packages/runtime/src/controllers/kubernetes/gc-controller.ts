import { refText } from '@tiltts/core/kubernetes'
import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { type CustomDeploy, clusterName, type TiltError, wellKnown } from '@tiltts/spec'
import { isLost } from '../../executors/kubernetes/apply-objects.js'
import { type CustomDeployDeps, runDeployStep } from '../../executors/kubernetes/custom-deploy.js'
import type { Inventories, InventoryEntry } from '../../executors/kubernetes/inventory.js'
import { isPrecious, removeObjects } from '../../executors/kubernetes/remove-objects.js'
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
  readonly kubernetes: Pick<Kubernetes, 'remove' | 'frozenKubeconfig'>
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
  const life = new AbortController()
  let cancelTimer = (): void => {}
  let collecting = false
  let again = false

  const schedule = (): void => {
    cancelTimer()
    cancelTimer = clock.timer(quietMs, begin)
  }

  const begin = (): void => {
    // Without a cluster it waits; this comes again when that answers.
    if (life.signal.aborted || !isClusterConnected(store)) return
    if (collecting) {
      again = true
      return
    }
    collecting = true
    tasks.run('deleting what no resource has any more', async () => {
      try {
        await collect()
      } catch (error) {
        if (life.signal.aborted) return
        if (!isLost(error)) throw error
        deps.reportLost(error)
      } finally {
        collecting = false
        if (again) schedule()
        again = false
      }
    })
  }

  const collect = async (): Promise<void> => {
    await removeCustom()
    const inventory = await deps.inventories.of(clusterKey(store))
    const namespace = connectionOf(kubernetesCluster(store))?.namespace ?? 'default'
    const options = { command: deps.command, namespace, wasEnabled: (name: string) => wasEnabled.has(name) }
    const unwanted = unwantedObjects(store, inventory.all(), options).filter((entry) => !entry.left)
    const kept = unwanted.filter((entry) => entry.keep === true || isPrecious(entry))
    for (const entry of kept) say(entry.resource, `${refText(entry)} is left in the cluster: ${whyKept(entry)}\n`)
    const gone = new Set<string>()
    try {
      await removeObjects(
        deps.kubernetes,
        unwanted.filter((entry) => !kept.includes(entry)),
        (entry, end) => {
          if (typeof end === 'object') return say(entry.resource, `${end.error}\n`, 'error')
          gone.add(entry.uid)
          if (end === 'removed') say(entry.resource, `${refText(entry)} was deleted: ${whyGone(entry)}\n`)
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
      const isThere = store.get('KubernetesApply', name) !== undefined
      if (isThere && switchOf(store, name) !== 'disabled') continue
      ran.delete(name)
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
    if (apply === undefined) return
    if (switchState(store, apply.spec.disableSource) === 'enabled') wasEnabled.add(name)
    const deploy = store.get('Resource', name)?.spec.kubernetes
    const { appliedOnce, error } = apply.status
    if (deploy?.custom !== undefined && (appliedOnce || error !== undefined))
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
