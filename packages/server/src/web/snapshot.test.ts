import { createLogStore, type LogSegment } from '@tiltts/core/logs'
import { createStore } from '@tiltts/core/store'
import { toApiTime } from '@tiltts/spec'
import { expect, test } from 'vitest'
import { putRow, putSession } from '../testing/rows.js'
import { snapshotOf } from './snapshot.js'

test('API-82: holds the session, its rows, and its log, with the time', async () => {
  const store = createStore({ now: () => 0, uid: () => 'u' })
  putSession(store, toApiTime(0))
  putRow(store, 'web', { order: 2 })
  putRow(store, 'api', { order: 1 })
  const logs = createLogStore({ now: () => 2_000 })
  logs.span({ id: 'build:api-1', resource: 'api', source: 'build' })
  logs.append('build:api-1', 'Running\n', 'info', { buildEvent: 'init' })
  logs.append('build:api-1', 'no such file\n', 'error')
  const segments: LogSegment[] = []
  for await (const batch of logs.read({})) segments.push(...batch)

  const { view, createdAt } = snapshotOf(store, segments, 5_000)
  expect(createdAt).toBe(toApiTime(5_000))
  expect(view).toMatchObject({ isComplete: true, tiltStartTime: toApiTime(0) })
  expect(view.uiSession).toMatchObject({ kind: 'UISession', status: { tiltfileKey: '/shop/tilt.config.ts' } })
  expect(view.uiResources).toMatchObject([
    { apiVersion: 'tilt.dev/v1alpha1', kind: 'UIResource', metadata: { name: 'api' }, status: { order: 1 } },
    { metadata: { name: 'web' } },
  ])
  const time = toApiTime(2_000)
  expect(view.logList).toEqual({
    spans: { 'build:api-1': { manifestName: 'api' } },
    segments: [
      { spanId: 'build:api-1', time, text: 'Running\n', level: 'INFO', fields: { buildEvent: 'init' } },
      { spanId: 'build:api-1', time, text: 'no such file\n', level: 'ERROR', anchor: true },
    ],
    toCheckpoint: 2,
  })
})
