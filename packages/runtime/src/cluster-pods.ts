import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import type { RegistrySpec, Resource } from '@tiltts/spec'
import type { Controller } from './controllers/controller.js'
import { containersBeside } from './controllers/kubernetes/containers-beside.js'
import {
  type KubernetesDiscoveryController,
  kubernetesDiscovery,
} from './controllers/kubernetes/discovery-controller.js'
import { withoutGone } from './controllers/kubernetes/doubted-pods.js'
import { containerOfKey, livePods } from './controllers/kubernetes/live-pods.js'
import { newPods } from './controllers/kubernetes/new-pods.js'
import { type PodLogs, podLogs } from './controllers/kubernetes/pod-logs.js'
import { portForwards } from './controllers/kubernetes/port-forwards.js'
import { removeTouchedPods } from './controllers/kubernetes/touched-pods.js'
import type { Tasks } from './controllers/tasks.js'
import { type LiveRequest, type LiveStepDeps, tryLiveUpdate } from './controllers/update/live-step.js'
import type { ResourceWriter } from './controllers/update/resource-writer.js'
import type { UpdateRun } from './controllers/update/update-steps.js'
import type { HelperImages } from './executors/kubernetes/helper-image.js'
import { channels } from './executors/live-update/channels.js'
import type { UpdateOutcome } from './executors/outcome.js'
import type { FunctionRegistry } from './functions/registry.js'
import type { Clock } from './ports/clock.js'
import type { Files } from './ports/files.js'
import type { Kubernetes } from './ports/kubernetes.js'
import type { Listeners } from './ports/listeners.js'

export interface ClusterPodsParts extends Pick<LiveStepDeps, 'images' | 'synced'> {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly tasks: Tasks
  readonly clock: Clock
  readonly kubernetes: Kubernetes
  readonly listeners: Listeners
  readonly files: Files
  readonly functions: FunctionRegistry
  readonly resources: ResourceWriter
  readonly command: 'dev' | 'ci'
  /** Whether ports of this machine are opened. */
  readonly portForwards: boolean
  /** Where the cluster pulls images of the session from. */
  readonly registry: () => RegistrySpec | undefined
  /** The image of containers that come beside others, for their files. */
  readonly helperImage: HelperImages
  /** Wakes a controller for a name. */
  readonly wake: (controller: string) => (name: string) => void
}

/** All that has to do with running pods, wired. */
export interface ClusterPods {
  readonly discovery: KubernetesDiscoveryController
  readonly logs: PodLogs
  /** In the order in which news travels. */
  readonly controllers: readonly Controller[]
  readonly tryLiveUpdate: (resource: Resource, run: UpdateRun) => Promise<UpdateOutcome | undefined>
  /** In a `ci` run, what earlier sessions have brought into pods goes. */
  readonly beforeDeploy: (name: string, log: (text: string) => void, signal: AbortSignal) => Promise<void>
  /** Ends watches and local ports, then, when the last words are there, logs. */
  close(): Promise<void>
  /** Ends the ways into containers, when no update is under way any more. */
  closeChannels(): Promise<void>
}

export function clusterPods(parts: ClusterPodsParts): ClusterPods {
  const { kubernetes, wake } = parts
  const discovery = kubernetesDiscovery({
    ...parts,
    wake: wake('kubernetes-discovery'),
    lastWords: (name) => logs.lastWords(name),
  })
  const logs = podLogs(parts)
  const forwards = portForwards({ ...parts, discovery })
  const beside = containersBeside(parts)
  const ways = channels({
    openContainer: (key, signal) => kubernetes.openContainer(containerOfKey(key), signal, { beside: beside(key) }),
  })
  const containersOf = (resource: Resource) => livePods(parts, resource)
  const containersNow = (resource: Resource, signal: AbortSignal): LiveRequest['containers'] => {
    const known = () => containersOf(resource)
    return async (doubted) => (doubted === undefined ? known() : withoutGone({ ...parts, known }, doubted, signal))
  }
  const live = { ...parts, channels: ways, docker: undefined }
  const newcomers = newPods({ ...live, containersOf })
  return {
    discovery,
    logs,
    controllers: [discovery, logs, ...(parts.portForwards ? [forwards] : []), newcomers],
    tryLiveUpdate: (resource, run) => tryLiveUpdate(live, resource, run, containersNow(resource, run.signal)),
    beforeDeploy: async (name, log, signal) => {
      if (parts.command === 'ci') await removeTouchedPods(parts, name, log, signal)
    },
    async close() {
      newcomers.close()
      await logs.lastWords()
      discovery.close()
      logs.close()
      await forwards.close()
    },
    closeChannels: ways.closeAll,
  }
}
