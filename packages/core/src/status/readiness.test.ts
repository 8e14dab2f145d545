import { describe, expect, test } from 'vitest'
import { initialResourceStatus } from '../schedule/resource-transitions.js'
import { readinessOf, readyDeadline, withReadiness } from './readiness.js'
import {
  at,
  endedServer,
  probedServe,
  resource,
  runningServer,
  second,
  serve,
  serveCmd,
  updated,
} from './row.test.support.js'

const ready = (more: Parameters<typeof resource>[1], cmd?: ReturnType<typeof serveCmd>): boolean =>
  readinessOf({ resource: resource('x', more), serve: cmd }).ready

describe('who is ready', () => {
  test('RDEP-04: a resource without a server is ready when its last update succeeded', () => {
    expect(ready({})).toBe(false)
    expect(ready({ status: { started: true, current: 'x-1' } })).toBe(false)
    expect(ready({ status: updated('x') })).toBe(true)
    expect(ready({ status: updated('x', { last: 'failed' }) })).toBe(false)
  })

  test('RDEP-04: a server without a probe is ready when its process has started, not when its update succeeded', () => {
    const status = updated('x')
    expect(ready({ local: { serve }, status }, undefined)).toBe(false)
    expect(ready({ local: { serve }, status }, serveCmd({ runId: undefined }))).toBe(false)
    expect(ready({ local: { serve }, status }, serveCmd(runningServer(true)))).toBe(true)
  })

  test('RDEP-04: a server with a probe is ready when the probe says so', () => {
    const more = { local: { serve: probedServe }, status: updated('x') }
    expect(ready(more, serveCmd(runningServer(false)))).toBe(false)
    expect(ready(more, serveCmd(runningServer(true)))).toBe(true)
  })

  test('a server that has ended, or is about to be replaced, is not', () => {
    const more = { local: { serve }, status: updated('x') }
    expect(ready(more, serveCmd(endedServer(0)))).toBe(false)
    expect(ready(more, serveCmd(runningServer(true), { runId: 'x-2' }))).toBe(false)
  })

  test('a server goes on being ready beside a failed rebuild', () => {
    const more = { local: { serve }, status: updated('x', { last: 'failed' }) }
    expect(ready(more, serveCmd(runningServer(true)))).toBe(true)
  })

  test('what is disabled is never ready', () => {
    expect(ready({ status: updated('x', { enabled: 'disabled' }) })).toBe(false)
  })
})

describe('times', () => {
  const fresh = initialResourceStatus(true)
  const is = { ready: true, expected: true }
  const could = { ready: false, expected: true }
  const cannot = { ready: false, expected: false }

  test('note when it became ready, and that it ever was', () => {
    const status = withReadiness(withReadiness(fresh, could, second(1)), is, second(4))
    expect(status).toMatchObject({ ready: true, readyOnce: true, readySince: at(4), unreadySince: undefined })
    expect(withReadiness(status, is, second(9))).toBe(status)
  })

  test('note since when it could be ready and is not', () => {
    const waiting = withReadiness(fresh, could, second(1))
    expect(waiting.unreadySince).toBe(at(1))
    expect(withReadiness(waiting, could, second(5))).toBe(waiting)
    const lost = withReadiness(withReadiness(waiting, is, second(2)), could, second(8))
    expect(lost).toMatchObject({ ready: false, readyOnce: true, readySince: undefined, unreadySince: at(8) })
  })

  test('start anew after a server has ended for good', () => {
    const over = withReadiness(withReadiness(fresh, could, second(1)), cannot, second(2))
    expect(over.unreadySince).toBeUndefined()
    expect(withReadiness(over, could, second(60)).unreadySince).toBe(at(60))
  })

  test('go on while a failed server is started again and again', () => {
    const spec = { local: { serve: { ...serve, restart: 'on-failure' } } } as const
    const pause = readinessOf({
      resource: resource('x', spec),
      serve: serveCmd({ ...endedServer(1), nextRestartAt: at(4) }),
    })
    expect(pause).toEqual({ ready: false, expected: true })
  })

  test('nothing changes for a resource that stays as it is', () => {
    expect(withReadiness(fresh, cannot, second(1))).toBe(fresh)
  })
})

test('a readyTimeout runs from when the server could be ready', () => {
  const of = (readyTimeoutMs: number | undefined, status: object) =>
    readyDeadline(resource('x', { local: { serve }, spec: { readyTimeoutMs }, status }))
  expect(of(5_000, { unreadySince: at(1) })).toBe(second(6))
  expect(of(5_000, {})).toBeUndefined()
  expect(of(undefined, { unreadySince: at(1) })).toBeUndefined()
  expect(of(0, { unreadySince: at(1) })).toBeUndefined()
  expect(of(5_000, { ready: true })).toBeUndefined()
})
