import { describe, expect, test } from 'vitest'
import { initialResourceStatus } from '../schedule/resource-transitions.js'
import { readinessOf, readyDeadline, withReadiness } from './readiness.js'
import { at, composeService, second, serviceResource, updated } from './row.test.support.js'
import { runtimeStatus } from './runtime-status.js'

type Service = ReturnType<typeof composeService>

const of = (
  service: Service | undefined,
  restart = 'no',
  status: NonNullable<Parameters<typeof serviceResource>[1]>['status'] = updated('x'),
) => {
  const view = { resource: serviceResource('x', { service: { restart }, status }), service }
  const { ready, expected } = readinessOf(view)
  return `${runtimeStatus(view, second(10))}${ready ? ', ready' : expected ? ', expected' : ''}`
}
const one = (...args: Parameters<typeof composeService>[0]) => composeService(args)

describe('a service by its container', () => {
  test('DC-04: is ready while that runs, and pending until then', () => {
    expect(of(one({}))).toBe('ok, ready')
    expect(of(one({ status: 'created' }))).toBe('pending, expected')
    expect(of(one({ status: 'paused' }))).toBe('pending, expected')
    expect(of(composeService([]))).toBe('pending, expected')
  })

  test('DC-05: with a health check is ready only while that says so', () => {
    expect(of(one({ healthStatus: 'healthy' }))).toBe('ok, ready')
    expect(of(one({ healthStatus: 'starting' }))).toBe('pending, expected')
    expect(of(one({ healthStatus: 'unhealthy' }))).toBe('error, expected')
  })

  test.each([
    ['no', 'ok, ready'],
    ['on-failure', 'ok, ready'],
    ['on-failure:3', 'ok, ready'],
    ['always', 'unknown'],
    ['unless-stopped', 'unknown'],
  ])('DC-04: that ended with code 0 under the policy %s: %s', (policy, expected) => {
    expect(of(one({ status: 'exited' }), policy)).toBe(expected)
  })

  test.each([
    ['no', 0, 'error'],
    ['on-failure:3', 3, 'error'],
    ['on-failure:3', 1, 'unknown'],
    ['on-failure', 7, 'unknown'],
    ['always', 7, 'unknown'],
  ])('DC-04: that ended with code 1 under the policy %s after %d restarts: %s', (policy, restartCount, expected) => {
    expect(of(one({ status: 'exited', exitCode: 1, restartCount }), policy)).toBe(expected)
  })

  test('DC-04: that is being restarted has failed, and may come back', () => {
    expect(of(one({ status: 'restarting', exitCode: 1, restartCount: 2 }), 'always')).toBe('error, expected')
  })

  test('DC-04: that could not be started, or is dead, has failed', () => {
    expect(of(one({ status: 'created', error: 'exec: "srv": not found' }))).toBe('error')
    expect(of(one({ status: 'exited', exitCode: 127, error: 'exec: "srv": not found' }), 'always')).toBe('error')
    expect(of(one({ status: 'dead' }))).toBe('error')
  })

  test('that somebody took away has failed', () => {
    expect(of(composeService([], { startedOnce: true }))).toBe('error')
  })

  test('is not known while the engine does not answer', () => {
    expect(of(composeService([{}], { known: false }))).toBe('unknown')
    expect(of(undefined)).toBe('unknown')
  })

  test('does not count before the first update succeeded: it may be one of an earlier session', () => {
    expect(of(one({}), 'no', {})).toBe('unknown')
    expect(of(one({}), 'no', { started: true, current: 'x-1' })).toBe('pending, expected')
    expect(of(one({}), 'no', { started: true, last: 'failed' })).toBe('unknown')
  })

  test('goes on being ready beside a failed rebuild', () => {
    expect(of(one({}), 'no', updated('x', { last: 'failed' }))).toBe('ok, ready')
  })

  test('that stands still while an update runs is about to come', () => {
    for (const state of [{ status: 'exited', exitCode: 137 }, { status: 'restarting' }])
      expect(of(one(state), 'no', updated('x', { current: 'x-2' }))).toBe('pending, expected')
    expect(of(composeService([], { startedOnce: true }), 'no', updated('x', { current: 'x-2' }))).toBe(
      'pending, expected',
    )
  })

  test('that was stopped by hand is neither ready nor expected', () => {
    expect(of(one({ status: 'exited', exitCode: 137 }), 'no', updated('x', { stopped: true }))).toBe('unknown')
  })

  test('that is disabled is neither', () => {
    expect(of(one({}), 'no', updated('x', { enabled: 'disabled' }))).toBe('none')
  })
})

describe('a service of several containers', () => {
  test.each([
    ['all run', [{}, {}], 'ok, ready'],
    ['one is not healthy yet', [{}, { healthStatus: 'starting' }], 'pending, expected'],
    ['one has failed', [{}, { status: 'exited', exitCode: 1 }, { healthStatus: 'starting' }], 'error'],
    ['some have done their work', [{ status: 'exited' }, {}], 'ok, ready'],
  ] as const)('when %s', (_, states, expected) => {
    expect(of(composeService(states))).toBe(expected)
  })

  test('none at all is ready when its update succeeded', () => {
    const view = { resource: serviceResource('x', { service: { scale: 0 }, status: updated('x') }) }
    expect(readinessOf(view).ready).toBe(true)
    expect(runtimeStatus(view, second(1))).toBe('not_applicable')
  })
})

describe('what others wait for once', () => {
  const once = (service: Service, status = updated('x')) =>
    withReadiness(
      { ...initialResourceStatus(true), ...status },
      readinessOf({ resource: serviceResource('x', { status }), service }),
      second(1),
    )

  test('RDEP-03: that its container was seen running, or ended with code 0', () => {
    expect(once(one({ healthStatus: 'starting' }))).toMatchObject({ containerStartedOnce: true, ready: false })
    expect(once(composeService([], {})).containerStartedOnce).toBeUndefined()
    const migrated = once(composeService([{ status: 'exited' }], { completedOnce: true }))
    expect(migrated).toMatchObject({ containerStartedOnce: true, containerCompletedOnce: true, readyOnce: true })
    expect(once(one({})).containerCompletedOnce).toBeUndefined()
  })

  test('RDEP-03: not before the first update succeeded', () => {
    const before = once(composeService([{}], { completedOnce: true }), { started: true, current: 'x-1' })
    expect(before).not.toHaveProperty('containerStartedOnce')
    expect(before).not.toHaveProperty('containerCompletedOnce')
  })

  test('RDEP-01: stays so when the container fails later', () => {
    const status = withReadiness(once(one({})), { ready: false, expected: false, startedOnce: true }, second(2))
    expect(status).toMatchObject({ containerStartedOnce: true, readyOnce: true, ready: false })
    expect(withReadiness(status, { ready: false, expected: false, startedOnce: true }, second(3))).toBe(status)
  })
})

test('a readyTimeout makes an error of a container that is not ready', () => {
  const status = updated('x', { unreadySince: at(1) })
  const resource = serviceResource('x', { spec: { readyTimeoutMs: 5_000 }, status })
  expect(readyDeadline(resource)).toBe(second(6))
  const view = { resource, service: one({ healthStatus: 'starting' }) }
  expect(runtimeStatus(view, second(5))).toBe('pending')
  expect(runtimeStatus(view, second(6))).toBe('error')
})
