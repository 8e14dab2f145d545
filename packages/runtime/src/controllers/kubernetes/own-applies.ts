import { createHash } from 'node:crypto'
import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import {
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
  /** Wakes the controller for a KubernetesApply. */
  readonly wake: (name: string) => void
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
  /** The work that is under way, and how to call it off. */
  work: { readonly hash: string; readonly ending: AbortController } | undefined
}

const retryMs = 10_000

/** Deploys what clients ask for by KubernetesApplys of their own, and takes it down when those go or are switched off. */
export function ownApplies(deps: OwnAppliesDeps): OwnApplies {
  const { store, clock, tasks } = deps
  const byMap = disableMapIndex()
  const byWatch = nameIndex()
  const deployed = new Map<string, Deployed>()
  let closed = false

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

  /** Whatever is under way has to end first, so that nothing is put there while it is being taken away. */
  const begin = (name: string, one: Deployed, hash: string, work: (signal: AbortSignal) => Promise<void>): void => {
    one.work?.ending.abort(new Error('something else is wanted'))
    const ending = new AbortController()
    one.work = { hash, ending }
    tasks.run(`KubernetesApply ${name}`, async () => {
      try {
        await work(ending.signal)
      } catch (error) {
        if (ending.signal.aborted) return
        if (!isLost(error)) throw error
        write(name, one.uid, (status) => ({ ...status, error: error.message, inputHash: undefined }))
        clock.timer(retryMs, () => deps.wake(name))
      } finally {
        if (one.work?.ending === ending) one.work = undefined
      }
    })
  }

  const deploy = (object: KubernetesApply, own: OwnApply, hash: string): void => {
    const { name, uid } = object.metadata
    const one = deployed.get(name) ?? { uid, own, work: undefined }
    deployed.set(name, one)
    one.own = own
    if (one.work?.hash === hash || (one.work === undefined && object.status.inputHash === hash)) return
    const log = logOf(name, resourceOf(object))
    begin(name, one, hash, async (signal) => {
      const lastApplyStartTime = toApiTime(clock.now())
      const { timeoutMs } = object.spec
      const end = await deployOwn(deps, { name, own, timeoutMs, before: object.status.applied, log }, signal)
      signal.throwIfAborted()
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

  const takeDown = (name: string, one: Deployed, status: KubernetesApplyStatus | undefined, resource: string): void => {
    const applied = status?.applied ?? []
    if (one.work?.hash === gone || (one.work === undefined && applied.length === 0)) return
    const log = logOf(name, resource)
    begin(name, one, gone, async (signal) => {
      await removeOwn(deps, { name, own: one.own, applied, log }, signal)
      write(name, one.uid, (before) => ({ ...before, applied: [], inputHash: undefined }))
    })
  }

  /** As it was when it was there last. */
  const last = new Map<string, KubernetesApply>()

  return {
    name: 'kubernetes-apply',
    watches: [
      ownSpec('KubernetesApply'),
      watch('ConfigMap', ({ name }) => byMap.of(name)),
      watch('FileWatch', ({ name }) => byWatch.of(name)),
      watch('KubernetesApply', ({ name, after }) => {
        if (after?.spec.own !== undefined) last.set(name, after)
        return []
      }),
    ],
    reconcile(name) {
      if (closed) return
      const object = store.get('KubernetesApply', name)
      const own = object?.spec.own
      byMap.set(name, own && object?.spec.disableSource)
      byWatch.set(name, own?.restartOn?.fileWatches ?? [])
      const one = deployed.get(name)
      if (one !== undefined && object?.metadata.uid !== one.uid) {
        const before = last.get(name)
        takeDown(name, one, before?.status, before === undefined ? '' : resourceOf(before))
        deployed.delete(name)
        last.delete(name)
        dropChildren(store, name, one.uid)
      }
      if (object === undefined || own === undefined) return
      const state = switchState(store, object.spec.disableSource)
      if (state === 'disabled') {
        const present = deployed.get(name)
        if (present !== undefined) takeDown(name, present, object.status, resourceOf(object))
        dropChildren(store, name, object.metadata.uid)
      } else if (state === 'enabled') {
        putChildren(store, object, own)
        deploy(object, own, inputHash(store, own))
      }
    },
    close() {
      closed = true
      for (const { work } of deployed.values()) work?.ending.abort(new Error('the session ends'))
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
