import {
  type ApiTime,
  type ConfigMap,
  disableConfigMapName,
  type Millis,
  type ResourceSpec,
  type UIBuild,
  type UIResourceStatus,
  type Update,
} from '@tiltts/spec'
import { awaitsFirstUpdate } from '../schedule/candidate.js'
import { conditionsOf } from './conditions.js'
import { endpointLinks } from './endpoint-links.js'
import { kubernetesInfo } from './kubernetes-info.js'
import { currentUpdate, isDisabled, type ResourceView } from './resource-view.js'
import { runState } from './run-state.js'
import { runtimeStatus } from './runtime-status.js'
import { serverState } from './server-state.js'
import { summaryOf } from './summary.js'
import { specsOf } from './ui-specs.js'
import { updateStatus } from './update-status.js'

/**
 * One row as clients read it.
 *
 * @param previous - the row before, so that conditions keep the time of their last transition
 * @param now - also judges `readyTimeout`: look again at `readyDeadline(resource)`
 */
export function uiResource(view: ResourceView, previous: UIResourceStatus | undefined, now: Millis): UIResourceStatus {
  const { spec, status, metadata } = view.resource
  const update = updateStatus(view)
  const runtime = runtimeStatus(view, now)
  const summary = summaryOf(view, now)
  const disabled = isDisabled(view)
  const current = currentUpdate(view)
  const server = serverState(view.serve)
  return {
    order: spec.order,
    updateStatus: update,
    runtimeStatus: runtime,
    buildHistory: historyOf(view),
    currentBuild:
      current?.status.startTime === undefined
        ? undefined
        : { startTime: current.status.startTime, spanID: current.status.spanId ?? '' },
    pendingBuildSince: pendingSince(view),
    hasPendingChanges: status.pending.length > 0,
    queued: status.triggered !== undefined,
    lastDeployTime: lastSuccess(view),
    triggerMode: triggerModeNumber(spec),
    specs: specsOf(view.resource),
    endpointLinks: endpointLinks(view),
    localResourceInfo: server.is === 'running' ? { pid: server.run.pid } : undefined,
    composeResourceInfo: composeInfo(view),
    k8sResourceInfo: kubernetesInfo(view),
    conditions: conditionsOf({ disabled, update, runtime, summary, previous: previous?.conditions ?? [], now }),
    waiting: status.hold && {
      reason: status.hold.reason,
      on: status.hold.on,
      ...(status.hold.message !== undefined && { message: status.hold.message }),
    },
    disableStatus: disableStatus(metadata.name, view.disableMap),
    resourceDeps: [...new Set(spec.dependencies.map((edge) => edge.on))],
    summary,
    run: runState(view),
  }
}

/** Of the first of its containers that has a health check. */
function composeInfo({ resource, service }: ResourceView): UIResourceStatus['composeResourceInfo'] {
  if (resource.spec.compose === undefined) return undefined
  const states = (service?.status.containers ?? []).map(({ state }) => state.healthStatus)
  const healthStatus = states.find((state) => state !== undefined)
  return healthStatus === undefined ? {} : { healthStatus }
}

function historyOf({ resource, updates }: ResourceView): readonly UIBuild[] {
  const byName = new Map(updates.map((update) => [update.metadata.name, update]))
  return resource.status.history.flatMap((name) => {
    const update = byName.get(name)
    return update === undefined ? [] : [build(update)]
  })
}

function build({ metadata, spec, status }: Update): UIBuild {
  const warnings = status.warningCount ?? 0
  return {
    error: status.error ?? (status.phase === 'cancelled' ? 'build canceled' : ''),
    warnings: warnings === 0 ? [] : [warnings === 1 ? '1 warning in its log' : `${warnings} warnings in its log`],
    startTime: status.startTime ?? status.queuedAt,
    finishTime: status.finishTime ?? status.startTime ?? status.queuedAt,
    spanID: status.spanId ?? '',
    isCrashRebuild: false,
    update: metadata.name,
    causes: spec.causes,
  }
}

/** Since when the earliest of what waits has been waiting. API times sort as text. */
function pendingSince({ resource }: ResourceView): ApiTime | undefined {
  const { spec, status, metadata } = resource
  const times = [
    status.pendingSince,
    status.triggered?.at,
    awaitsFirstUpdate(spec, status) ? metadata.creationTimestamp : undefined,
  ]
  return times.filter((time) => time !== undefined).toSorted()[0]
}

function lastSuccess({ updates }: ResourceView): ApiTime | undefined {
  return updates
    .filter(({ status }) => status.phase === 'succeeded')
    .map(({ status }) => status.finishTime)
    .filter((time) => time !== undefined)
    .toSorted()
    .at(-1)
}

function triggerModeNumber({ triggerMode, autoInit }: ResourceSpec): 0 | 1 | 2 | 3 {
  if (triggerMode === 'auto') return autoInit ? 0 : 3
  return autoInit ? 1 : 2
}

function disableStatus(resource: string, map: ConfigMap | undefined): UIResourceStatus['disableStatus'] {
  const value = map?.spec.data['isDisabled']
  const state = map === undefined ? '' : value === 'true' ? 'Disabled' : value === 'false' ? 'Enabled' : 'Error'
  return {
    enabledCount: state === 'Enabled' ? 1 : 0,
    disabledCount: state === 'Disabled' ? 1 : 0,
    state,
    sources: [{ configMap: { name: disableConfigMapName(resource), key: 'isDisabled' } }],
  }
}
