import { type UIResourceStatus, wellKnown } from '@tiltts/spec'
import { expect, test } from 'vitest'
import { createLogStore } from '../logs/log-store.js'
import type { LogSegment } from '../logs/types.js'
import { createStore } from '../store/create-store.js'
import { at, resource, second } from './row.test.support.js'
import { snapshotOf } from './snapshot.js'
import { uiResource } from './ui-resource.js'

const row = (name: string, order: number): UIResourceStatus =>
  uiResource({ resource: resource(name, { spec: { order } }), updates: [] }, undefined, second(0))

test('API-82: holds the session, its rows in order, and its log, with the time', async () => {
  const store = createStore({ now: () => second(0), uid: () => 'u' })
  store.update({ by: 'test' }, (tx) => {
    tx.put('UIResource', 'web', {}, row('web', 2))
    tx.put('UIResource', 'api', {}, row('api', 1))
    tx.put(
      'UISession',
      wellKnown.session,
      {},
      {
        tiltStartTime: at(0),
        tiltfileKey: '/shop/tilt.config.ts',
        featureFlags: [],
        runningTiltBuild: { version: '1.2.3', commitSHA: '', date: '', dev: false },
        versionSettings: { checkUpdates: false },
      },
    )
  })
  const logs = createLogStore({ now: () => second(2) })
  logs.span({ id: 'build:api-1', resource: 'api', source: 'build' })
  logs.append('build:api-1', 'Running\n', 'info', { buildEvent: 'init' })
  logs.append('build:api-1', 'no such file\n', 'error')
  const segments: LogSegment[] = []
  for await (const batch of logs.read({})) segments.push(...batch)

  const { view, createdAt } = snapshotOf(store, segments, second(5))
  expect(createdAt).toBe(at(5))
  expect(view).toMatchObject({ isComplete: true, tiltStartTime: at(0), uiButtons: [], clusters: [] })
  expect(view.uiSession).toMatchObject({ kind: 'UISession', status: { tiltfileKey: '/shop/tilt.config.ts' } })
  expect(view.uiResources).toMatchObject([
    { apiVersion: 'tilt.dev/v1alpha1', kind: 'UIResource', metadata: { name: 'api' }, status: { order: 1 } },
    { metadata: { name: 'web' } },
  ])
  expect(view.logList).toEqual({
    spans: { 'build:api-1': { manifestName: 'api' } },
    segments: [
      { spanId: 'build:api-1', time: at(2), text: 'Running\n', level: 'INFO', fields: { buildEvent: 'init' } },
      { spanId: 'build:api-1', time: at(2), text: 'no such file\n', level: 'ERROR' },
    ],
    fromCheckpoint: 0,
    toCheckpoint: 2,
  })
})
