import type { ObjectStore } from '@tiltts/core/store'
import { annotation, toApiTime, type UIResourceStatus, wellKnown } from '@tiltts/spec'

const status: UIResourceStatus = {
  order: 0,
  updateStatus: 'ok',
  runtimeStatus: 'ok',
  buildHistory: [],
  hasPendingChanges: false,
  queued: false,
  triggerMode: 0,
  specs: [],
  endpointLinks: [],
  conditions: [],
  disableStatus: { enabledCount: 1, disabledCount: 0, state: 'Enabled', sources: [] },
}

/** Writes the row of a resource. */
export function putRow(store: ObjectStore, name: string, changes: Partial<UIResourceStatus> = {}): void {
  store.update({ by: 'update' }, (tx) => {
    tx.put('UIResource', name, {}, status, { annotations: { [annotation.resource]: name } })
    tx.status('UIResource', name, (before) => ({ ...before, ...changes }))
  })
}

/** Writes the session and its config, as they stand in every session that has begun. */
export function putSession(store: ObjectStore, startTime: string = toApiTime(500)): void {
  store.update({ by: 'session' }, (tx) => {
    tx.put(
      'UISession',
      wellKnown.session,
      {},
      {
        tiltStartTime: startTime,
        tiltfileKey: '/shop/tilt.config.ts',
        featureFlags: [],
        runningTiltBuild: { version: '1.2.3', commitSHA: '', date: '', dev: false },
        versionSettings: { checkUpdates: false },
      },
    )
    tx.put(
      'Tiltfile',
      wellKnown.tiltfile,
      { path: '/shop/tilt.config.ts', args: [] },
      {
        diagnostics: [],
        reads: [],
        evaluations: 0,
      },
    )
  })
}
