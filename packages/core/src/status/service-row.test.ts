import { describe, expect, test } from 'vitest'
import { image, liveUpdate, sync } from '../live-update/live-update.test.support.js'
import { containerHold } from '../schedule/holds.js'
import { ciReport } from './ci-report.js'
import { at, composeService, second, serviceResource, update, updated } from './row.test.support.js'
import { summaryOf } from './summary.js'
import { uiResource } from './ui-resource.js'

type Service = ReturnType<typeof composeService>
type More = Parameters<typeof serviceResource>[1]

const view = (service: Service, more: More = {}) => ({
  resource: serviceResource('web', { status: updated('web'), ...more }),
  service,
  updates: [update('web-1', { phase: 'succeeded', startTime: at(0), finishTime: at(1) })],
})
const one = (...args: Parameters<typeof composeService>[0]) => composeService(args)
const summary = (service: Service, more: More = {}) => summaryOf(view(service, more), second(10))

describe('the line that says what is wrong', () => {
  test.each<[Service, string, string | undefined]>([
    [one({}), 'no', undefined],
    [one({ status: 'exited' }), 'no', undefined],
    [one({ status: 'exited', exitCode: 1 }), 'no', 'exited with code 1'],
    [one({ status: 'restarting', exitCode: 1, restartCount: 3 }), 'always', 'exited with code 1; restarting (3 times)'],
    [one({ status: 'restarting', exitCode: 2, restartCount: 1 }), 'always', 'exited with code 2; restarting (once)'],
    [
      one({ status: 'exited', exitCode: 1, restartCount: 3 }),
      'on-failure:3',
      'exited with code 1, after it was restarted 3 times',
    ],
    [one({ status: 'exited', exitCode: 137 }), 'unless-stopped', 'stopped; trigger it to start'],
    [one({ status: 'exited', exitCode: 127, error: 'no such file' }), 'no', 'could not be started: no such file'],
    [one({ status: 'paused' }), 'no', 'paused'],
    [one({ status: 'created' }), 'no', 'created'],
    [composeService([]), 'no', 'starting'],
    [composeService([], { startedOnce: true }), 'no', 'its container is gone; trigger it to make a new one'],
    [composeService([{}], { known: false }), 'no', 'unknown: the Docker engine does not answer'],
    [composeService([{}, { status: 'exited', exitCode: 2 }]), 'no', 'shop-x-2: exited with code 2'],
  ])('DC-04: %#: policy %s: %s', (service, restart, text) => {
    expect(summary(service, { service: { restart } })).toBe(text)
  })

  test('DC-05: says what the health check said last', () => {
    const healthOutput = '  % Total    % Received\ncurl: (7) Failed to connect to localhost port 80\n'
    expect(summary(one({ healthStatus: 'unhealthy', healthOutput }))).toBe(
      'unhealthy: curl: (7) Failed to connect to localhost port 80',
    )
    expect(summary(one({ healthStatus: 'unhealthy' }))).toBe('unhealthy')
    expect(summary(one({ healthStatus: 'starting' }))).toBe('health check has not passed yet')
    expect(summary(composeService([{}, { healthStatus: 'unhealthy', healthOutput: 'no' }]))).toBe(
      'shop-x-2: unhealthy: no',
    )
  })

  test('a failed build beside a container that goes on is told', () => {
    expect(summary(one({}), { status: updated('web', { last: 'failed' }) })).toBe(
      'update failed; the container from before goes on',
    )
  })

  test('HOLD-09: a change that waits for its container says so', () => {
    expect(summary(one({ status: 'created' }), { status: updated('web', { hold: containerHold('web') }) })).toBe(
      'waiting for its container to run; the changes then go into it',
    )
  })
})

describe('the row', () => {
  const row = (service: Service, more: More = {}) => uiResource(view(service, more), undefined, second(10))

  test('API-25: names the service and its images, with what of them is updated in place', () => {
    const base = { ...image('base', ['/lib']), deployed: false }
    const web = image('shop_web', ['/app'], liveUpdate([sync('/app', '/srv')]))
    expect(row(one({}), { spec: { images: [base, web] } }).specs).toEqual([
      { id: 'image:base', type: 'image', hasLiveUpdate: false },
      { id: 'image:shop_web', type: 'image', hasLiveUpdate: true },
      { id: 'docker-compose:web', type: 'docker-compose', hasLiveUpdate: true },
    ])
    expect(row(one({})).specs).toEqual([{ id: 'docker-compose:web', type: 'docker-compose', hasLiveUpdate: false }])
  })

  test('has the links of the service', () => {
    const links = [{ url: 'http://localhost:8080/' }, { url: 'http://localhost:8080/admin', name: 'Admin' }]
    expect(row(one({}), { spec: { links } }).endpointLinks).toEqual([
      { url: 'http://localhost:8080/', name: '' },
      { url: 'http://localhost:8080/admin', name: 'Admin' },
    ])
  })

  test('its conditions follow the container', () => {
    const ready = (service: Service) => {
      const condition = row(service).conditions.find(({ type }) => type === 'Ready')
      return `${condition?.status} ${condition?.reason ?? ''} ${condition?.message ?? ''}`.trim()
    }
    expect(ready(one({ healthStatus: 'healthy' }))).toBe('True')
    expect(ready(one({ status: 'exited' }))).toBe('True')
    expect(ready(one({ healthStatus: 'starting' }))).toBe('False RuntimePending health check has not passed yet')
    expect(ready(one({ status: 'exited', exitCode: 3 }))).toBe('False RuntimeError exited with code 3')
  })

  test('has no process id', () => {
    expect(row(one({})).localResourceInfo).toBeUndefined()
  })
})

describe('the row that ends a ci run', () => {
  const row = (service: Service, more: More = {}) => ciReport([view(service, more)], second(20))[0]

  test.each([
    [one({ healthStatus: 'healthy' }), 'ready', undefined],
    [one({ status: 'exited' }), 'succeeded', undefined],
    [one({ status: 'exited', exitCode: 1 }), 'failed', 'exited with code 1'],
    [one({ healthStatus: 'starting' }), 'not ready', 'health check has not passed yet'],
    [composeService([]), 'not ready', 'starting'],
  ] as const)('%#: %s', (service, state, detail) => {
    expect(row(service)).toMatchObject({ state })
    expect(row(service)?.detail).toBe(detail)
  })

  test('shows all that the health check said last', () => {
    const service = one({ healthStatus: 'unhealthy', healthOutput: 'a\nb\n' })
    expect(row(service)).toMatchObject({ state: 'not ready', detail: 'unhealthy: b', probeOutput: 'a\nb\n' })
  })

  test('took until its container was ready, or had ended', () => {
    expect(row(one({}), { status: updated('web', { ready: true, readySince: at(7) }) })?.durationMs).toBe(7_000)
    expect(row(one({ status: 'exited', finishedAt: at(4) }))?.durationMs).toBe(4_000)
    expect(row(one({ healthStatus: 'starting' }))?.durationMs).toBe(20_000)
  })
})
