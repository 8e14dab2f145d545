import { expect, test } from 'vitest'
import { configReloadHold, dependencyHold, slotHold } from '../schedule/holds.js'
import { dependency } from '../schedule/plan.test.support.js'
import { type CiRow, ciReport } from './ci-report.js'
import type { ResourceView } from './resource-view.js'
import {
  at,
  endedServer,
  kubernetesResource,
  probedServe,
  resource,
  runningServer,
  second,
  serve,
  serveCmd,
  update,
  updated,
} from './row.test.support.js'

const row = (more: Parameters<typeof resource>[1], rest: Partial<ResourceView> = {}): CiRow => {
  const [only] = ciReport([{ resource: resource('api', more), updates: [], ...rest }], second(20))
  if (only === undefined) throw new Error('no row')
  return only
}
const onDb = dependencyHold([{ on: 'db', edge: 'first', state: dependency() }])
const done = update('api-1', { phase: 'succeeded', startTime: at(4), finishTime: at(6) })

test('a command that succeeded shows how long it took and what it waited on longest', () => {
  const waited = update('api-1', {
    ...done.status,
    holds: [
      { ...configReloadHold, from: at(0), to: at(1) },
      { ...slotHold(3), from: at(1), to: at(1.5) },
      { ...onDb, from: at(1.5), to: at(3) },
      { ...slotHold(3), from: at(3), to: at(4.2) },
    ],
  })
  expect(row({ status: updated('api') }, { updates: [waited] })).toEqual({
    resource: 'api',
    state: 'succeeded',
    durationMs: 2_000,
    waitedOn: { what: 'a free slot', ms: 1_700 },
  })
})

test('a server took until it was ready', () => {
  const more = { local: { serve: probedServe }, status: updated('api', { ready: true, readySince: at(9) }) }
  expect(row(more, { updates: [done], serve: serveCmd(runningServer(true)) })).toMatchObject({
    state: 'ready',
    durationMs: 5_000,
  })
})

test('a server that is not ready shows what its probe said last', () => {
  const probe = { lastResult: 'failure', lastTime: at(2), failures: 3, lastOutput: 'HTTP 503\nno database' } as const
  const more = { local: { serve: probedServe }, status: updated('api') }
  expect(row(more, { updates: [done], serve: serveCmd({ ...runningServer(false), probe }) })).toMatchObject({
    state: 'not ready',
    durationMs: 16_000,
    detail: 'probe: HTTP 503',
    probeOutput: 'HTTP 503\nno database',
  })
})

test('a server that ended has failed, and took as long as it lived', () => {
  const more = { local: { serve }, status: updated('api') }
  const started = update('api-1', { phase: 'succeeded', startTime: at(1) })
  expect(row(more, { updates: [started], serve: serveCmd(endedServer(1)) })).toMatchObject({
    state: 'failed',
    durationMs: 2_000,
    detail: 'exited with code 1',
  })
})

test('a failed update says why', () => {
  const failed = update('api-1', { phase: 'failed', startTime: at(1), finishTime: at(2), error: 'exited with code 3' })
  expect(row({ status: updated('api', { last: 'failed' }) }, { updates: [failed] })).toMatchObject({
    state: 'failed',
    durationMs: 1_000,
    detail: 'update failed: exited with code 3',
  })
})

test('shows each step with how long it took, up to now where it goes on', () => {
  const steps = [
    { name: 'image shop/api', startTime: at(4), finishTime: at(9) },
    { name: 'deploy', startTime: at(9) },
  ]
  const running = update('api-1', { phase: 'running', startTime: at(4), steps })
  expect(row({ status: { started: true, current: 'api-1' } }, { updates: [running] }).steps).toEqual([
    { name: 'image shop/api', startTime: at(4), durationMs: 5_000 },
    { name: 'deploy', startTime: at(9), durationMs: 11_000 },
  ])
})

test('what had not started says what it still waited for', () => {
  const queued = update('api-1', { phase: 'queued', holds: [{ ...onDb, from: at(5) }] })
  expect(row({ status: { hold: onDb } }, { updates: [queued] })).toEqual({
    resource: 'api',
    state: 'waiting',
    waitedOn: { what: 'db', ms: 15_000 },
    detail: 'waiting for db (not ready)',
  })
})

test('the other states', () => {
  const skipped = update('api-1', { ...done.status, skipped: 'inputs and outputs are unchanged' })
  expect(row({ status: updated('api') }, { updates: [skipped] }).state).toBe('unchanged')
  expect(row({ status: { started: true, current: 'api-1' } }, { updates: [done] }).state).toBe('updating')
  expect(row({ spec: { autoInit: false } })).toMatchObject({ state: 'not started', durationMs: undefined })
  expect(row({ status: { enabled: 'disabled' } }).state).toBe('disabled')
})

test.each([
  ['docker', 'the Docker engine'],
  ['default', 'the cluster'],
])('says what a run waited for in words: %s', (name, what) => {
  const on = [{ group: 'tilt.dev', apiVersion: 'v1alpha1', kind: 'Cluster', name }]
  const holds = [{ reason: 'waiting-for-cluster', on, from: at(0), to: at(2) }] as const
  const view = {
    resource: kubernetesResource('x', { status: updated('x') }),
    updates: [update('x-1', { phase: 'succeeded', holds })],
  }
  expect(ciReport([view], second(9))[0]?.waitedOn).toEqual({ what, ms: 2_000 })
})
