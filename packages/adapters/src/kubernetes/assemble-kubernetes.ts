import type { Clock, Kubernetes, KubernetesContext, KubernetesWatch, Processes } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import { systemClock } from '../clock/index.js'
import { createHttpTransport, type HttpTransport } from './connection/http-transport.js'
import { kubeconfigPaths, type PinnedContext, pinContext } from './connection/pinned-context.js'
import { frozenKubeconfig } from './frozen-kubeconfig.js'
import { clusterInfo } from './info.js'
import { createApply } from './objects/apply.js'
import { createKinds } from './objects/kinds.js'
import { getObject, listObjects, type ObjectParts, removeObject } from './objects/objects.js'
import type { PodTerminals } from './streams/terminal/pod-terminal.js'
import type { Transport } from './transport.js'
import { watchObjects } from './watch/watch-objects.js'

export interface KubernetesOptions {
  /** Runs the commands that a kubeconfig gets credentials from. */
  readonly processes: Processes
  /** KUBECONFIG, HOME and, within a cluster, KUBERNETES_SERVICE_HOST are read from it. */
  readonly env: Readonly<Record<string, string>>
  /** @default that of the machine */
  readonly clock?: Clock | undefined
  /** @default the current one of the kubeconfig */
  readonly context?: string | undefined
  /** @default that of the context */
  readonly namespace?: string | undefined
  /** Where a pod finds its account. @default /var/run/secrets/kubernetes.io/serviceaccount */
  readonly accountFolder?: string | undefined
}

/** What goes on for as long as a pod does. */
export type PodStreams = Pick<Kubernetes, 'logs' | 'openContainer' | 'connect'> &
  PodTerminals & { close(): Promise<void> }

export interface PodStreamParts {
  readonly connect: () => Promise<{ readonly transport: Transport; readonly context: KubernetesContext }>
  readonly clock: Clock
}

interface Connection extends ObjectParts {
  readonly transport: HttpTransport
  readonly apply: Kubernetes['apply']
}

/** The cluster of the user's kubeconfig, with streams of one's choice. */
export function assembleKubernetes(
  options: KubernetesOptions,
  createPodStreams: (parts: PodStreamParts) => PodStreams,
): Kubernetes & PodTerminals {
  const { processes, env } = options
  const clock = options.clock ?? systemClock()
  let pinning: Promise<PinnedContext | undefined> | undefined
  let connection: Promise<Connection> | undefined

  /** Once there is a context it stays; while there is none it is looked for again. */
  const find = async (): Promise<PinnedContext | undefined> => {
    const finding = pinning ?? pinContext(options)
    pinning = finding
    let found: PinnedContext | undefined
    try {
      found = await finding
      return found
    } finally {
      if (found === undefined && pinning === finding) pinning = undefined
    }
  }
  const pinned = async (): Promise<PinnedContext> => {
    const found = await find()
    if (found) return found
    const message = `the kubeconfig ${kubeconfigPaths(env).join(', ')} is not there, or names no current context`
    throw new InfraError('kubernetes/no-context', 'kubernetes', message)
  }
  const open = async (): Promise<Connection> => {
    const found = await pinned()
    const transport = createHttpTransport({ pinned: found, processes, env, clock })
    const parts = { transport, kinds: createKinds(transport), clock, context: found.context }
    return { ...parts, apply: createApply(parts) }
  }
  const connect = (): Promise<Connection> => {
    connection ??= open().catch((error: unknown) => {
      connection = undefined
      throw error
    })
    return connection
  }
  const frozen = frozenKubeconfig({
    pinned,
    async user(found) {
      const { 'auth-provider': provider, ...user } = await found.readUser()
      if (provider === undefined) return user
      // A refresh token may count once only, and the session needs it.
      return { ...user, token: await (await connect()).transport.token() }
    },
  })
  const watches = new Set<KubernetesWatch>()
  const streams = createPodStreams({ connect, clock })

  return {
    context: async () => (await find())?.context,
    info: async (signal) => clusterInfo((await connect()).transport, signal),
    apply: async (request, signal) => (await connect()).apply(request, signal),
    get: async (ref, signal) => getObject(await connect(), ref, signal),
    remove: async (ref, how, signal) => removeObject(await connect(), ref, how, signal),
    async kind(apiVersion, kind, signal) {
      const place = await (await connect()).kinds.find(apiVersion, kind, signal)
      return place && { namespaced: place.namespaced }
    },
    watch(selection, listener) {
      const watch = watchObjects({ clock, connect }, selection, listener)
      watches.add(watch)
      return {
        close() {
          watches.delete(watch)
          watch.close()
        },
      }
    },
    async *list(selection, signal) {
      yield* listObjects(await connect(), selection, signal)
    },
    logs: streams.logs,
    openContainer: streams.openContainer,
    connect: streams.connect,
    openTerminal: streams.openTerminal,
    frozenKubeconfig: () => frozen.path(),
    async close() {
      for (const watch of watches) watch.close()
      watches.clear()
      await streams.close()
      const opened = await connection?.catch(() => undefined)
      await opened?.transport.close()
      await frozen.remove()
    },
  }
}
