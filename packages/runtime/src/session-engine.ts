import { createLogStore, type LogStore } from '@tiltts/core/logs'
import { parentPath } from '@tiltts/core/paths'
import { createStore, type ObjectStore } from '@tiltts/core/store'
import { type TiltError, wellKnown } from '@tiltts/spec'
import { type ClusterPods, clusterPods } from './cluster-pods.js'
import { stopBuildController } from './controllers/buttons/stop-build.js'
import { toggleController } from './controllers/buttons/toggle-controller.js'
import { type CmdController, cmdController } from './controllers/cmd/cmd-controller.js'
import { type CmdWaits, cmdWaits } from './controllers/cmd/cmd-waits.js'
import { sessionEnv } from './controllers/cmd/command-env.js'
import { extensionController, extensionRepoController } from './controllers/extensions/extension-controller.js'
import { type FileWatchController, fileWatchController } from './controllers/file-watch/file-watch-controller.js'
import {
  type KubernetesConnectionController,
  kubernetesConnection,
} from './controllers/kubernetes/connection-controller.js'
import { type KubernetesGc, kubernetesGc } from './controllers/kubernetes/gc-controller.js'
import { kubernetesCluster, pushTarget } from './controllers/kubernetes/kubernetes-cluster.js'
import { type OwnApplies, ownApplies } from './controllers/kubernetes/own-applies.js'
import { createManager, type Manager } from './controllers/manager.js'
import { projector } from './controllers/projector/projector.js'
import { type PruneController, pruneController } from './controllers/prune/prune-controller.js'
import { sessionController } from './controllers/session/session-controller.js'
import { createTasks, type Tasks } from './controllers/tasks.js'
import { type TiltfileController, tiltfileController } from './controllers/tiltfile/tiltfile-controller.js'
import { loopGuard } from './controllers/update/loop-guard.js'
import { newContainers } from './controllers/update/new-containers.js'
import { updatePool } from './controllers/update/pool.js'
import { rerunIndex } from './controllers/update/rerun-index.js'
import { resourceController } from './controllers/update/resource-controller.js'
import { resourceWriter } from './controllers/update/resource-writer.js'
import { runUpdate } from './controllers/update/run-update.js'
import { type RunningUpdates, runningUpdates } from './controllers/update/running-updates.js'
import { type Scheduler, scheduler } from './controllers/update/scheduler.js'
import { updateIntake } from './controllers/update/update-intake.js'
import { type UpdateNames, updateNames } from './controllers/update-names.js'
import { type DockerServices, dockerServices } from './docker-services.js'
import { helperImages } from './executors/kubernetes/helper-image.js'
import { inventories } from './executors/kubernetes/inventory.js'
import { imagePushes } from './executors/kubernetes/push-image.js'
import { type Channels, channels } from './executors/live-update/channels.js'
import { type FunctionRegistry, functionRegistry } from './functions/registry.js'
import type { Ports } from './ports/ports.js'
import { serviceUpdates } from './service-updates.js'
import type { SessionOptions } from './session-types.js'

/** All parts of a session, wired. */
export interface Engine {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly manager: Manager
  readonly tasks: Tasks
  readonly names: UpdateNames
  readonly functions: FunctionRegistry
  readonly running: RunningUpdates
  readonly waits: CmdWaits
  readonly tiltfile: TiltfileController
  readonly cmd: CmdController
  readonly fileWatch: FileWatchController
  readonly scheduler: Scheduler
  readonly containers: DockerServices
  readonly pruning: PruneController
  readonly channels: Channels
  readonly cluster: KubernetesConnectionController
  readonly clusterGc: KubernetesGc
  readonly applies: OwnApplies
  readonly pods: ClusterPods
}

export interface EngineEvents {
  readonly onFatal: (error: TiltError) => void
  readonly onVerdict: (error: string) => void
}

/** Log span of what the session itself has to say. */
export const globalSpan = 'global'

export function createEngine(ports: Ports, options: SessionOptions, events: EngineEvents): Engine {
  const { clock } = ports
  const store = createStore({ now: clock.now, uid: ports.uid })
  const logs = createLogStore({ now: clock.now, archive: ports.logArchive })
  logs.span({ id: globalSpan, resource: '', source: 'build' })
  const tasks = createTasks((error) => {
    if (error.class === 'bug') events.onFatal(error)
    else logs.append(globalSpan, `${error.message}\n`, 'error')
  })
  const names = updateNames((name) => store.get('Update', name) !== undefined)
  const functions = functionRegistry()
  const guard = loopGuard(ports.files)
  const reruns = rerunIndex()
  const running = runningUpdates()
  const waits = cmdWaits(store)
  const pool = updatePool()
  const env = sessionEnv(options.env, { colour: options.colour ?? false })
  const base = { ...ports, store, logs, tasks, names, functions }
  const wake = (controller: string) => (name: string) => manager.wake(controller, name)

  const tiltfile = tiltfileController({ ...base, ...options, env: options.env, wake: wake('tiltfile') })
  const folder = parentPath(options.mainPath)
  const cmd = cmdController({ ...base, env, folder, wake: wake('cmd') })
  const fileWatch = fileWatchController(base)
  const fingerprints = { files: ports.files, records: ports.records, project: options.mainPath }
  const planner = scheduler({
    ...base,
    reruns,
    guard,
    wake: wake('scheduler'),
    setLimit: pool.setLimit,
    run(started) {
      const { name } = started.resource.metadata
      const signal = running.begin(name)
      tasks.run(`update ${started.update}`, async () => {
        await runUpdate(updating, started, signal)
        running.end(name, signal)
      })
    },
  })
  const resources = resourceWriter({ ...base, guard, running })
  const containers = dockerServices({
    ...base,
    command: options.command,
    say: (text, level) => logs.append(globalSpan, `${text}\n`, level),
    wake,
  })
  const onEngineLost = containers.connection.reportLost
  const cluster = kubernetesConnection({
    ...base,
    env: options.env,
    say: (text, level) => logs.append(globalSpan, `${text}\n`, level),
  })
  const stock = inventories(ports.records, options.mainPath)
  const clusterGc = kubernetesGc({
    ...base,
    env,
    inventories: stock,
    command: options.command,
    reportLost: cluster.reportLost,
  })
  const pruning = pruneController({
    ...base,
    say: (text, level) => logs.append(globalSpan, `${text}\n`, level),
    wake: wake('prune'),
    reportLost: onEngineLost,
  })
  const ways = channels(ports.docker)
  const services = serviceUpdates({
    ...base,
    project: options.mainPath,
    command: options.command,
    useRecords: options.useRecords ?? true,
    env,
    channels: ways,
    inSlot: pool.add,
    onEngineLost,
    lookAtContainers: containers.services.look,
  })
  const newcomers = newContainers({ ...base, resources, synced: services.synced, channels: ways })
  const pushes = imagePushes({ ...base, env })
  const pods = clusterPods({
    ...base,
    resources,
    images: services.images,
    synced: services.synced,
    command: options.command,
    portForwards: options.portForwards ?? true,
    registry: () => pushTarget(store)?.registry,
    helperImage: helperImages({
      ...base,
      env,
      pushes,
      target: () => pushTarget(store),
      arch: () => kubernetesCluster(store)?.status.arch,
    }),
    wake,
  })
  const lastWords = async (): Promise<void> => {
    await Promise.all([containers.logs.lastWords(), pods.logs.lastWords()])
  }
  const deploys = {
    ...base,
    pushes,
    tryLiveUpdate: pods.tryLiveUpdate,
    beforeDeploy: pods.beforeDeploy,
    applied: pods.discovery.applied,
    env,
    inventories: stock,
    imageUpdates: services.imageUpdates,
    inSlot: pool.add,
    onEngineLost,
    onClusterLost: cluster.reportLost,
  }
  const applies = ownApplies({
    ...base,
    env,
    folder,
    inventories: stock,
    applied: pods.discovery.applied,
  })
  const updating = {
    ...base,
    guard,
    reruns,
    resources,
    waits,
    fingerprints,
    services,
    kubernetesUpdates: deploys,
    folder,
    over: () => planner.stopped,
  }
  const manager = createManager({
    store,
    clock,
    onFatal: events.onFatal,
    onRetry: (error, what, delayMs) =>
      logs.append(globalSpan, `${what}: ${error.message} (trying again in ${delayMs / 1000} s)\n`, 'warn'),
    // In the order in which news travels, so that most of it arrives within one turn.
    controllers: [
      tiltfile,
      fileWatch,
      cmd,
      waits.controller,
      toggleController(base),
      extensionRepoController(base),
      extensionController(base),
      stopBuildController({
        store,
        cancel: (resource) => (resource === wellKnown.tiltfile ? tiltfile.cancel() : running.cancel(resource)),
      }),
      updateIntake(base),
      resourceController(resources),
      ...containers.controllers,
      cluster,
      clusterGc,
      pruning,
      newcomers,
      applies,
      ...pods.controllers,
      planner,
      projector({ ...base, wake: wake('projector') }),
      sessionController({ ...base, onVerdict: events.onVerdict, lastWords }),
    ],
  })
  return {
    store,
    logs,
    manager,
    tasks,
    names,
    functions,
    running,
    waits,
    tiltfile,
    cmd,
    fileWatch,
    scheduler: planner,
    containers,
    pruning,
    channels: ways,
    cluster,
    clusterGc,
    applies,
    pods,
  }
}
