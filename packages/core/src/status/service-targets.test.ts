import { describe, expect, test } from 'vitest'
import { clusterHold } from '../schedule/holds.js'
import { at, composeService, second, serviceResource, update, updated } from './row.test.support.js'
import { resourceTargets } from './session-targets.js'
import { resourceLimits, type VerdictView, verdict } from './verdict.js'

type Service = ReturnType<typeof composeService>
type More = Parameters<typeof serviceResource>[1]

const view = (service: Service | undefined, more: More = {}) => ({
  resource: serviceResource('db', { status: updated('db'), ...more }),
  service,
  updates: [update('db-1', { phase: 'succeeded', startTime: at(1), finishTime: at(2) })],
})
const one = (...args: Parameters<typeof composeService>[0]) => composeService(args)
const state = (service: Service | undefined, more: More = {}) =>
  resourceTargets(view(service, more)).find(({ name }) => name === 'db:runtime')?.state
const error = (service: Service, more: More = {}) => state(service, more)?.terminated?.error

describe('the targets of a service', () => {
  test('CI-02: are its update and its containers', () => {
    expect(resourceTargets(view(one({}))).map(({ name, type }) => `${name} ${type}`)).toEqual([
      'db:update job',
      'db:runtime server',
    ])
    expect(resourceTargets(view(undefined, { service: { scale: 0 } })).map(({ name }) => name)).toEqual(['db:update'])
  })

  test('CI-05: containers are ready when they run and are not unhealthy', () => {
    expect(state(one({ startedAt: at(4) }))).toEqual({
      active: { startTime: at(4), ready: true, lastReadyTime: at(4) },
    })
    expect(state(one({ healthStatus: 'healthy' }))?.active?.ready).toBe(true)
    for (const healthStatus of ['starting', 'unhealthy'] as const)
      expect(state(one({ healthStatus, startedAt: at(4) }))).toMatchObject({
        active: { startTime: at(4), ready: false },
      })
    expect(state(one({ status: 'paused', startedAt: at(4) }))?.active?.ready).toBe(false)
  })

  test('CI-05: a container that had something to do has ended well with code 0', () => {
    expect(state(one({ status: 'exited', finishedAt: at(5) }))).toEqual({
      terminated: { startTime: at(1), finishTime: at(5), error: '', graceStatus: '' },
    })
  })

  test('CI-03: a container that ends with another code fails at once, with the name of its service', () => {
    expect(error(one({ status: 'exited', exitCode: 3 }))).toBe('db: container exited with code 3')
    expect(error(composeService([{}, { status: 'exited', exitCode: 3 }]))).toBe(
      'db: container shop-x-2 exited with code 3',
    )
    expect(error(one({ status: 'created', error: 'no such file' }))).toBe(
      'db: container could not be started: no such file',
    )
  })

  test('CI-03: one that its policy starts again is not ready for now, and has failed after five failures in a row', () => {
    const restarting = (failuresInARow: number) =>
      one({ status: 'restarting', exitCode: 1, restartCount: 9, failuresInARow })
    const always = { service: { restart: 'always' }, status: updated('db', { unreadySince: at(-5) }) }
    expect(state(restarting(4), always)).toMatchObject({ active: { startTime: at(-5), ready: false } })
    expect(error(restarting(5), always)).toBe('db: container exited with code 1, 5 times in a row')
  })

  test('CI-03: one that its policy gives up has failed', () => {
    expect(
      error(one({ status: 'exited', exitCode: 1, restartCount: 2 }), { service: { restart: 'on-failure:2' } }),
    ).toBe('db: container exited with code 1')
  })

  test('CI-03: one that somebody stopped has failed', () => {
    expect(error(one({ status: 'exited', exitCode: 137 }), { service: { restart: 'always' } })).toBe(
      'db: container was stopped (exit code 137)',
    )
  })

  test('one that had failed before the update brought it up again has not failed', () => {
    expect(state(one({ status: 'exited', exitCode: 1, startedAt: at(-9), finishedAt: at(0) }))).toEqual({
      active: { startTime: at(1), ready: false },
    })
  })

  test('one that was taken away is not ready', () => {
    expect(state(composeService([], { startedOnce: true }))?.active?.ready).toBe(false)
  })

  test('API-32: they wait for their update, for their start, and for the engine', () => {
    const hold = clusterHold('docker', { connected: false })
    expect(state(undefined, { status: { hold } })).toEqual({ waiting: { waitReason: 'waiting-for-cluster' } })
    expect(state(one({}), { status: { started: true, last: 'failed' } })).toEqual({
      waiting: { waitReason: 'waiting-for-update' },
    })
    expect(state(composeService([]))).toEqual({ waiting: { waitReason: 'waiting-for-start' } })
    expect(state(composeService([{}], { known: false }))).toEqual({ waiting: { waitReason: 'waiting-for-cluster' } })
  })

  test('CI-06: they are none of the session’s business when never asked for, stopped by hand or disabled', () => {
    expect(state(undefined, { spec: { autoInit: false }, status: {} })).toEqual({})
    expect(state(one({ status: 'exited', exitCode: 137 }), { status: updated('db', { stopped: true }) })).toEqual({})
    expect(state(one({}), { status: { enabled: 'disabled' } })).toEqual({ disabled: {} })
  })
})

describe('the verdict on services', () => {
  const tiltfile = { startTime: at(0), finishTime: at(0), error: '', graceStatus: '' } as const
  const judge = (service: Service, now: number, more: More = {}) => {
    const resource = serviceResource('db', { status: updated('db'), ...more })
    const all: VerdictView = {
      exitCondition: 'ci',
      targets: [
        { name: 'tiltfile:update', type: 'job', resources: ['(Tiltfile)'], state: { terminated: tiltfile } },
        ...resourceTargets({ ...view(service, more), resource }),
      ],
      startTime: second(0),
      limits: { timeoutMs: 0, readinessTimeoutMs: 300_000 },
      resource: () => resourceLimits({ resource }),
    }
    return verdict(all, second(now))
  }

  test('CI-04: is good when they are healthy or have done their work', () => {
    const healthy = { service: { hasHealthcheck: true } }
    expect(judge(one({ healthStatus: 'healthy', startedAt: at(9) }), 9, healthy)).toMatchObject({
      done: true,
      error: '',
    })
    expect(judge(one({ status: 'exited' }), 9)).toMatchObject({ done: true, error: '' })
  })

  test('CI-05: without a health check a container has to live for a second', () => {
    expect(judge(one({ startedAt: at(9) }), 9)).toMatchObject({ done: false, nextDeadline: second(10) })
    expect(judge(one({ startedAt: at(9) }), 10)).toMatchObject({ done: true, error: '' })
  })

  test('CI-09: an unhealthy one fails the run when its time to become ready is up', () => {
    const more = { service: { hasHealthcheck: true } }
    const service = one({ healthStatus: 'unhealthy', startedAt: at(2) })
    expect(judge(service, 301, more)).toMatchObject({ done: false, nextDeadline: second(302) })
    expect(judge(service, 302, more)).toMatchObject({
      done: true,
      error: 'Readiness timeout after 5m0s: target db:runtime not ready: unhealthy',
    })
    expect(judge(service, 7, { ...more, spec: { readyTimeoutMs: 5_000 } })).toMatchObject({
      error: 'Readiness timeout after 5s: target db:runtime not ready: unhealthy',
    })
  })

  test('CI-09: a time of its own counts while nothing of it has started, the general one does not', () => {
    const waiting = { status: updated('db', { unreadySince: at(2) }) }
    const none = composeService([])
    expect(judge(none, 400, waiting)).toMatchObject({ done: false })
    const own = { ...waiting, spec: { readyTimeoutMs: 5_000 } }
    expect(judge(none, 6, own)).toMatchObject({ done: false, nextDeadline: second(7) })
    expect(judge(none, 7, own)).toMatchObject({
      error: expect.stringMatching(/^Readiness timeout after 5s: target db:runtime not ready/),
    })
  })

  test('CI-03: fails with the first container that ended badly', () => {
    expect(judge(one({ status: 'exited', exitCode: 2, finishedAt: at(5) }), 6)).toMatchObject({
      done: true,
      error: 'db: container exited with code 2',
    })
  })
})
