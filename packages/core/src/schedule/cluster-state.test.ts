import { expect, test } from 'vitest'
import { clusterState } from './cluster-state.js'

test('HOLD-07: an engine is there once it has answered and as long as it goes on to', () => {
  const connectedAt = '2026-01-01T00:00:00.000000Z'
  expect(clusterState({ status: { connectedAt } })).toEqual({ connected: true })
  expect(clusterState({ status: { connectedAt, error: 'gone' } })).toEqual({ connected: false, error: 'gone' })
  expect(clusterState({ status: {} })).toEqual({ connected: false })
  expect(clusterState(undefined)).toEqual({ connected: false })
})
