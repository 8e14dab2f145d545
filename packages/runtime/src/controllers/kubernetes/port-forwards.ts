import { containerPortOf, forwardPod } from '@tiltts/core/kubernetes'
import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { type ForwardState, type Pod, type PortForward, type PortForwardsSpec, toApiTime } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import type { Listeners, LocalConnection } from '../../ports/listeners.js'
import { type NameController, ownSpec, watch } from '../controller.js'
import { disableMapIndex } from '../disable-index.js'
import { switchState } from '../switch-state.js'
import type { Tasks } from '../tasks.js'
import type { KubernetesDiscoveryController } from './discovery-controller.js'
import { type ForwardListener, forwardListener } from './forward-listener.js'
import { type ForwardTarget, forwardConnection } from './forwarded-connection.js'

export interface PortForwardsDeps {
  readonly store: ObjectStore
  readonly kubernetes: Pick<Kubernetes, 'connect' | 'context'>
  readonly listeners: Listeners
  readonly clock: Clock
  readonly logs: LogStore
  readonly tasks: Tasks
  /** Which port of a pod a port of a Service means. */
  readonly discovery: Pick<KubernetesDiscoveryController, 'servicePort'>
}

export interface PortForwards extends NameController {
  /** Ends all listening and all connections. */
  close(): Promise<void>
}

type Wanted = PortForwardsSpec['forwards'][number]

interface Forward {
  wanted: Wanted
  readonly listener: ForwardListener
  readonly ending: AbortController
  connections: number
  /** Of the last connection. */
  error: string | undefined
  /** Told already. */
  said: string | undefined
}

/** Connections come and go faster than anybody reads of them. */
const countMs = 250

/** Keeps the ports of all PortForwards open, and leads each connection to the pod that is best when it is made. */
export function portForwards(deps: PortForwardsDeps): PortForwards {
  const { store, clock, logs, tasks } = deps
  const forwards = new Map<string, Map<string, Forward>>()
  const byMap = disableMapIndex()
  const byDiscovery = new Map<string, Set<string>>()
  const waiting = new Map<string, Set<() => void>>()
  const counting = new Set<string>()
  /** Of the context, for pods that a client names without one. */
  let namespace: string | undefined
  let closed = false

  const targetOf = (name: string, key: string): ForwardTarget => ({
    now() {
      const object = store.get('PortForward', name)
      const wanted = forwards.get(name)?.get(key)?.wanted
      return object === undefined || wanted === undefined ? undefined : goalOf(object, wanted)
    },
    isAlive(pod) {
      const object = store.get('PortForward', name)
      // What becomes of a pod that a client names is seen by its connections.
      if (object?.spec.discovery === undefined) return true
      const status = store.get('KubernetesDiscovery', object.spec.discovery)?.status
      if (status?.known !== true) return true
      return status.pods.some(({ uid, phase }) => uid === pod.uid && phase !== 'Succeeded' && phase !== 'Failed')
    },
    changed: (signal) =>
      new Promise((resolve) => {
        const listeners = waiting.get(name) ?? new Set()
        waiting.set(name, listeners)
        const done = (): void => {
          listeners.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        listeners.add(done)
        signal.addEventListener('abort', done, { once: true })
        if (signal.aborted) done()
      }),
  })

  const goalOf = ({ spec }: PortForward, wanted: Wanted): ReturnType<ForwardTarget['now']> => {
    const pod =
      spec.pod === undefined
        ? forwardPod(store.get('KubernetesDiscovery', spec.discovery ?? '')?.status.pods ?? [])
        : podNamed(spec.pod.name, spec.pod.namespace || namespace)
    if (pod === undefined) return undefined
    const asked = wanted.containerPort ?? wanted.localPort
    const port = spec.target?.kind === 'service' ? deps.discovery.servicePort(spec.target, asked, pod) : undefined
    return { pod, port: port ?? containerPortOf(wanted, pod) }
  }

  const open = (name: string, key: string, wanted: Wanted): Forward => {
    const onConnection = (connection: LocalConnection): void => {
      const forward = forwards.get(name)?.get(key)
      if (closed || forward === undefined) {
        connection.destroy()
        return
      }
      forward.connections += 1
      count(name)
      tasks.run(`connection of ${name}`, async () => {
        const error = await forwardConnection(deps, connection, targetOf(name, key), forward.ending.signal)
        forward.connections -= 1
        forward.error = error
        count(name)
      })
    }
    const listener = forwardListener(deps, { host: wanted.host, port: wanted.localPort }, onConnection, () =>
      write(name),
    )
    return { wanted, listener, ending: new AbortController(), connections: 0, error: undefined, said: undefined }
  }

  const close = async (forward: Forward): Promise<void> => {
    forward.ending.abort(new Error('the forward is not wanted any more'))
    await forward.listener.close()
  }

  const count = (name: string): void => {
    if (counting.has(name) || closed) return
    counting.add(name)
    clock.timer(countMs, () => {
      counting.delete(name)
      write(name)
    })
  }

  const write = (name: string): void => {
    const object = store.get('PortForward', name)
    if (closed || object === undefined) return
    const open = forwards.get(name)
    const states = keyed(object.spec.forwards).map(([key, wanted]) => stateOf(object, wanted, open?.get(key)))
    for (const forward of open?.values() ?? []) tell(name, forward)
    if (JSON.stringify(states) === JSON.stringify(object.status.forwards)) return
    store.update({ by: 'port-forward', resource: name }, (tx) =>
      tx.status('PortForward', name, () => ({ forwards: states })),
    )
  }

  const stateOf = (object: PortForward, wanted: Wanted, forward: Forward | undefined): ForwardState => {
    const goal = goalOf(object, wanted)
    const { listener } = forward ?? {}
    const error = listener?.error ?? forward?.error
    return {
      localPort: listener?.port ?? wanted.localPort,
      containerPort: goal?.port ?? wanted.containerPort ?? wanted.localPort,
      host: wanted.host,
      connections: forward?.connections ?? 0,
      ...(listener?.since !== undefined && { listeningSince: toApiTime(listener.since) }),
      ...(goal !== undefined && { pod: goal.pod.name }),
      ...(error !== undefined && { error }),
    }
  }

  /** What goes wrong, each time it is something else, and that it is well again. */
  const tell = (resource: string, forward: Forward): void => {
    const { listener, wanted } = forward
    const error = listener.error ?? forward.error
    if (error === forward.said) return
    const wasBusy = forward.said !== undefined && error === undefined
    forward.said = error
    const span = `monitor:${resource}:forward`
    logs.span({ id: span, resource, source: 'runtime' })
    const where = `${wanted.host}:${listener.port ?? wanted.localPort}`
    if (error !== undefined) logs.append(span, `Port forward ${where}: ${error}\n`, 'warn')
    else if (wasBusy && listener.port !== undefined) logs.append(span, `Port forward ${where} works\n`, 'info')
  }

  const closeAllOf = (name: string): void => {
    const open = [...(forwards.get(name)?.values() ?? [])]
    forwards.delete(name)
    for (const forward of open) tasks.run(`forwards of ${name}`, () => close(forward))
  }

  const reconcile = (name: string): void => {
    if (closed) return
    const object = store.get('PortForward', name)
    byMap.set(name, object?.spec.disableSource)
    for (const [, names] of byDiscovery) names.delete(name)
    const state = object === undefined ? 'disabled' : switchState(store, object.spec.disableSource)
    if (object === undefined || state === 'disabled') {
      closeAllOf(name)
      if (object !== undefined) write(name)
      return
    }
    const { discovery } = object.spec
    if (discovery !== undefined) byDiscovery.set(discovery, (byDiscovery.get(discovery) ?? new Set()).add(name))
    if (state === 'unknown') return
    const present = forwards.get(name) ?? new Map<string, Forward>()
    forwards.set(name, present)
    const wanted = new Map(keyed(object.spec.forwards))
    for (const [key, forward] of present) {
      if (wanted.has(key)) continue
      present.delete(key)
      tasks.run(`forwards of ${name}`, () => close(forward))
    }
    for (const [key, one] of wanted) {
      const forward = present.get(key)
      if (forward === undefined) present.set(key, open(name, key, one))
      else forward.wanted = one
    }
    write(name)
    for (const resolve of [...(waiting.get(name) ?? [])]) resolve()
  }

  return {
    name: 'port-forward',
    watches: [
      ownSpec('PortForward'),
      watch('KubernetesDiscovery', ({ name }) => byDiscovery.get(name) ?? []),
      watch('ConfigMap', ({ name }) => byMap.of(name)),
    ],
    reconcile(name) {
      const isByName = store.get('PortForward', name)?.spec.pod?.namespace === ''
      if (!isByName || namespace !== undefined) return reconcile(name)
      return deps.kubernetes.context().then((context) => {
        namespace = context?.namespace ?? 'default'
        reconcile(name)
      })
    },
    async close() {
      closed = true
      const all = [...forwards.values()].flatMap((open) => [...open.values()])
      forwards.clear()
      await Promise.all(all.map(close))
    },
  }
}

/** A pod that nobody watches: it is taken to be there and well until a connection finds otherwise. */
function podNamed(name: string, namespace: string | undefined): Pod | undefined {
  if (namespace === undefined) return undefined
  const nothing = { createdAt: '', deleting: false, status: '', owners: [], labels: {}, containers: [] }
  return { ...nothing, name, namespace, uid: `${namespace}/${name}`, phase: 'Running', ready: true }
}

/** What is listened on tells forwards apart; of those with a free port each is its own. */
function keyed(wanted: readonly Wanted[]): readonly (readonly [string, Wanted])[] {
  return wanted.map((one, index) => [`${one.host}:${one.localPort === 0 ? `free-${index}` : one.localPort}`, one])
}
