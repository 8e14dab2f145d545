import { createHash } from 'node:crypto'
import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import {
  type AppliedObject,
  annotation,
  type KubernetesApply,
  type KubernetesApplyStatus,
  type KubernetesManifest,
  type OwnApply,
  toApiTime,
} from '@tiltts/spec'
import { isLost } from '../../executors/kubernetes/apply-objects.js'
import { type NameController, ownSpec, watch } from '../controller.js'
import { disableMapIndex } from '../disable-index.js'
import { nameIndex } from '../name-index.js'
import { switchState } from '../switch-state.js'
import type { Tasks } from '../tasks.js'
import { dropChildren, putChildren } from './own-apply-children.js'
import { type DeployDeps, type DeployEnd, deployOwn, removeOwn } from './own-deploy.js'

export interface OwnAppliesDeps extends DeployDeps {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly tasks: Tasks
  /** Told of all objects as the server has them, right after they were applied. */
  readonly applied: (name: string, objects: readonly KubernetesManifest[]) => void
}

export interface OwnApplies extends NameController {
  close(): void
}

/** What a client deployed, kept for when it is to go. */
interface Deployed {
  readonly uid: string
  own: OwnApply
  /** Whose log tells of it. */
  resource: string
  /** What stands in the cluster, also of an apply that went wrong. */
  applied: readonly AppliedObject[]
  /** What was asked for last: a hash, or `gone`. */
  wanted: string | undefined
}

const retryMs = 10_000

/** Deploys what clients ask for by KubernetesApplys of their own, and takes it down when those go or are switched off. */
export function ownApplies(deps: OwnAppliesDeps): OwnApplies {
  const { store, clock, tasks } = deps
  const byMap = disableMapIndex()
  const byWatch = nameIndex()
  const deployed = new Map<string, Deployed>()
  /** By name: ends with the work that is under way for it. */
  const turns = new Map<string, Promise<void>>()
  const ending = new AbortController()

  const logOf =
    (name: string, resource: string) =>
    (text: string, level: 'info' | 'warn' | 'error' = 'info'): void => {
      const span = `kubernetesapply:${name}`
      deps.logs.span({ id: span, resource, source: 'build' })
      deps.logs.append(span, text, level)
    }

  const write = (name: string, uid: string, change: (status: KubernetesApplyStatus) => KubernetesApplyStatus): void => {
    store.update({ by: 'kubernetes-apply' }, (tx) => {
      if (tx.get('KubernetesApply', name)?.metadata.uid === uid) tx.status('KubernetesApply', name, change)
    })
  }

  /** Whatever is under way ends first, so that nothing is put there while it is being taken away. */
  const begin = (name: string, one: Deployed, wanted: string, work: () => Promise<void>): void => {
    one.wanted = wanted
    const before = turns.get(name)
    let ended = (): void => {}
    const turn = new Promise<void>((resolve) => {
      ended = resolve
    })
    turns.set(name, turn)
    tasks.run(`KubernetesApply ${name}`, async () => {
      try {
        await before
        if (one.wanted === wanted && !ending.signal.aborted) await work()
      } catch (error) {
        if (ending.signal.aborted) return
        if (!isLost(error)) throw error
        write(name, one.uid, (status) => ({ ...status, error: error.message }))
        clock.timer(retryMs, () => {
          if (one.wanted === wanted && !ending.signal.aborted) begin(name, one, wanted, work)
        })
      } finally {
        ended()
        if (turns.get(name) === turn) turns.delete(name)
      }
    })
  }

  const deploy = (object: KubernetesApply, own: OwnApply, hash: string): void => {
    const { name, uid } = object.metadata
    const resource = resourceOf(object)
    const one = deployed.get(name) ?? { uid, own, resource, applied: [], wanted: undefined }
    deployed.set(name, one)
    Object.assign(one, { own, resource })
    if (one.wanted === hash) return
    const log = logOf(name, resource)
    begin(name, one, hash, async () => {
      const lastApplyStartTime = toApiTime(clock.now())
      const onWritten = (object: AppliedObject): void => {
        one.applied = [...one.applied.filter((other) => other.uid !== object.uid), object]
      }
      const job = { name, own, timeoutMs: object.spec.timeoutMs, before: one.applied, onWritten, log }
      const end = await deployOwn(deps, job, ending.signal)
      if (end.ok) one.applied = end.applied
      took(name, uid, { end, hash, lastApplyStartTime })
      if (!end.ok) log(`${end.error}\n`, 'error')
    })
  }

  const took = (
    name: string,
    uid: string,
    { end, hash, lastApplyStartTime }: { end: DeployEnd; hash: string; lastApplyStartTime: string },
  ): void => {
    const now = toApiTime(clock.now())
    if (end.ok) deps.applied(name, end.objects)
    write(name, uid, (status) => {
      const { error: _, ...before } = status
      const times = { lastApplyStartTime, lastApplyTime: now, inputHash: hash }
      return end.ok
        ? { ...before, ...times, applied: end.applied, appliedOnce: true }
        : { ...before, ...times, error: end.error }
    })
  }

  const takeDown = (name: string, one: Deployed): void => {
    if (one.wanted === gone) return
    begin(name, one, gone, async () => {
      const { own, applied, resource } = one
      await removeOwn(deps, { name, own, applied, log: logOf(name, resource) }, ending.signal)
      one.applied = []
      write(name, one.uid, (before) => ({ ...before, applied: [], inputHash: undefined }))
    })
  }

  return {
    name: 'kubernetes-apply',
    watches: [
      ownSpec('KubernetesApply'),
      watch('ConfigMap', ({ name }) => byMap.of(name)),
      watch('FileWatch', ({ name }) => byWatch.of(name)),
    ],
    reconcile(name) {
      if (ending.signal.aborted) return
      const object = store.get('KubernetesApply', name)
      const own = object?.spec.own
      byMap.set(name, own && object?.spec.disableSource)
      byWatch.set(name, own?.restartOn?.fileWatches ?? [])
      const one = deployed.get(name)
      if (one !== undefined && object?.metadata.uid !== one.uid) {
        takeDown(name, one)
        deployed.delete(name)
        dropChildren(store, name, one.uid)
      }
      if (object === undefined || own === undefined) return
      const state = switchState(store, object.spec.disableSource)
      if (state === 'disabled') {
        const present = deployed.get(name)
        if (present !== undefined) takeDown(name, present)
        dropChildren(store, name, object.metadata.uid)
      } else if (state === 'enabled') {
        putChildren(store, object, own)
        deploy(object, own, inputHash(store, own))
      }
    },
    close() {
      ending.abort(new Error('the session ends'))
    },
  }
}

/** Stands for wanting nothing to be there. */
const gone = 'gone'

const resourceOf = ({ metadata }: KubernetesApply): string => metadata.annotations?.[annotation.resource] ?? ''

/** Changes when something else is to be deployed, or something happened that deploys it anew. */
function inputHash(store: ObjectStore, own: OwnApply): string {
  const events = (own.restartOn?.fileWatches ?? []).map((name) => store.get('FileWatch', name)?.status.lastEventTime)
  return createHash('sha256')
    .update(JSON.stringify([own.yaml, own.applyCmd, events]))
    .digest('hex')
}
