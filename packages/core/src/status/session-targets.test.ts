import type { Tiltfile, TiltfileStatus } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { slotHold } from '../schedule/holds.js'
import type { ResourceView } from './resource-view.js'
import {
  at,
  endedServer,
  probedServe,
  resource,
  runningServer,
  serve,
  serveCmd,
  update,
  updated,
} from './row.test.support.js'
import { resourceTargets, sessionTargets, tiltfileTarget } from './session-targets.js'

const view = (more: Parameters<typeof resource>[1], rest: Partial<ResourceView> = {}): ResourceView => ({
  resource: resource('api', more),
  updates: [],
  ...rest,
})
const state = (name: string, of: ResourceView) => resourceTargets(of).find((target) => target.name === name)?.state
const update1 = update('api-1', { phase: 'succeeded', startTime: at(1), finishTime: at(2) })

describe('which targets there are', () => {
  const names = (local: NonNullable<Parameters<typeof resource>[1]>['local']) =>
    resourceTargets(view({ local: local ?? {} })).map((target) => `${target.name} ${target.type}`)

  test('CI-02: an update unless it only serves, a server if it has one, and the config before all', () => {
    expect(names({})).toEqual(['api:update job'])
    expect(names({ serve })).toEqual(['api:update job', 'api:serve server'])
    expect(names({ cmd: undefined, serve })).toEqual(['api:serve server'])
    expect(sessionTargets(undefined, [view({})]).map((target) => target.name)).toEqual([
      'tiltfile:update',
      'api:update',
    ])
  })
})

describe('the config', () => {
  const of = (status: Partial<TiltfileStatus>) => {
    const tiltfile: Tiltfile = {
      apiVersion: 'tilt.dev/v1alpha1',
      kind: 'Tiltfile',
      metadata: resource('(Tiltfile)').metadata,
      spec: { path: '/tilt.config.ts', args: [] },
      status: { diagnostics: [], reads: [], evaluations: 0, ...status },
    }
    return tiltfileTarget(tiltfile).state
  }
  const ended = { reasons: [], startedAt: at(1), finishedAt: at(2), warningCount: 0 }

  test('CI-02: waits, is evaluated, and ends with its error or none', () => {
    expect(tiltfileTarget(undefined).state).toEqual({ waiting: { waitReason: 'initial-build' } })
    expect(of({ running: { reasons: [], startedAt: at(1) } })).toEqual({ active: { startTime: at(1), ready: false } })
    expect(of({ terminated: { ...ended, error: 'boom' } })).toEqual({
      terminated: { startTime: at(1), finishTime: at(2), error: 'boom', graceStatus: '' },
    })
  })
})

describe('an update', () => {
  const of = (status: object, updates: ResourceView['updates'] = [update1]) =>
    state('api:update', view({ status }, { updates }))

  test('API-32: waits with the reason of its hold', () => {
    expect(of({ hold: slotHold(3) })).toEqual({ waiting: { waitReason: 'waiting-for-slot' } })
    expect(of({})).toEqual({ waiting: { waitReason: 'initial-build' } })
    expect(of({ started: true, triggered: { update: 'api-2', at: at(1) } })).toEqual({
      waiting: { waitReason: 'trigger' },
    })
  })

  test('API-32: is active while it runs, and never ready', () => {
    expect(of({ current: 'api-1' })).toEqual({ active: { startTime: at(1), ready: false } })
  })

  test('CI-05: has ended well with exit code 0, else with its error', () => {
    expect(of(updated('api'))).toEqual({
      terminated: { startTime: at(1), finishTime: at(2), error: '', graceStatus: '' },
    })
    const failed = update('api-1', {
      phase: 'failed',
      startTime: at(1),
      finishTime: at(2),
      error: 'exited with code 2',
    })
    expect(of(updated('api', { last: 'failed' }), [failed])?.terminated?.error).toBe(
      'api: update failed: exited with code 2',
    )
    expect(of(updated('api', { last: 'cancelled' }))?.terminated?.error).toBe('api: update cancelled')
  })

  test('CI-06: is none of the session’s business when never asked for, and disabled when disabled', () => {
    expect(state('api:update', view({ spec: { autoInit: false } }))).toEqual({})
    expect(of({ enabled: 'disabled' })).toEqual({ disabled: {} })
  })
})

describe('a server', () => {
  const of = (cmd: ResourceView['serve'], more: Parameters<typeof resource>[1] = {}) =>
    state('api:serve', view({ local: { serve }, status: updated('api'), ...more }, { serve: cmd }))

  test('CI-05: is ready while it runs, with a probe only when that says so', () => {
    expect(of(serveCmd(runningServer(true, 4)))).toEqual({
      active: { startTime: at(4), ready: true, lastReadyTime: at(4) },
    })
    expect(of(serveCmd(runningServer(false, 4)), { local: { serve: probedServe } })).toEqual({
      active: { startTime: at(4), ready: false },
    })
  })

  test.each([
    [0, 'api: server exited with code 0'],
    [3, 'api: server exited with code 3'],
  ])('CI-03: has failed when it exits by itself, with code %d too', (exitCode, error) => {
    expect(of(serveCmd(endedServer(exitCode)))).toEqual({
      terminated: { startTime: at(1), finishTime: at(3), error, graceStatus: '' },
    })
  })

  test('waits for the update before it', () => {
    expect(of(undefined, { local: { serve }, status: { hold: slotHold(3) } })).toEqual({
      waiting: { waitReason: 'waiting-for-slot' },
    })
    expect(of(undefined, { local: { serve }, status: { started: true, current: 'api-1' } })).toEqual({
      waiting: { waitReason: 'waiting-for-update' },
    })
    expect(of(serveCmd({ runId: undefined }))).toEqual({ waiting: { waitReason: 'waiting-for-start' } })
  })

  test('is unready, not failed, while it is started again; its clock goes on; five failures in a row are too many', () => {
    const restarting = (failuresInARow: number) =>
      of(serveCmd({ ...endedServer(1), nextRestartAt: at(9), failuresInARow }), {
        local: { serve },
        status: updated('api', { unreadySince: at(-5) }),
      })
    expect(restarting(4)).toEqual({ active: { startTime: at(-5), ready: false, message: 'exited with code 1' } })
    expect(restarting(5)?.terminated?.error).toBe('api: server exited with code 1, 5 times in a row')
  })

  test('CI-06: is none of the session’s business when never asked for, stopped or disabled', () => {
    expect(of(undefined, { local: { serve }, spec: { autoInit: false }, status: {} })).toEqual({})
    expect(of(serveCmd(endedServer(137), { stopRunId: 'x-1' }))).toEqual({})
    expect(of(serveCmd(runningServer(true)), { local: { serve }, status: { enabled: 'disabled' } })).toEqual({
      disabled: {},
    })
  })
})
