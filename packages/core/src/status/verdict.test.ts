import type { SessionTarget, SessionTargetState } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { at, second } from './row.test.support.js'
import { ciLimits, type ResourceLimits, type VerdictView, verdict } from './verdict.js'

const target = (name: string, state: SessionTargetState): SessionTarget => ({
  name,
  type: name.endsWith(':serve') ? 'server' : 'job',
  resources: [name.split(':')[0] ?? ''],
  state,
})
const waiting = (waitReason = 'waiting-for-dep'): SessionTargetState => ({ waiting: { waitReason } })
const active = (from: number, ready: boolean, lastReady?: number): SessionTargetState => ({
  active: { startTime: at(from), ready, ...(lastReady !== undefined && { lastReadyTime: at(lastReady) }) },
})
const ended = (error = '', graceStatus: '' | 'Tolerated' | 'Exceeded' = ''): SessionTargetState => ({
  terminated: { startTime: at(1), finishTime: at(2), error, graceStatus },
})

const config = target('tiltfile:update', ended())
const judge = (
  targets: readonly SessionTarget[],
  now = 10,
  more: Partial<VerdictView> & { readonly own?: ResourceLimits } = {},
) => {
  const { own, ...rest } = more
  return verdict(
    {
      exitCondition: 'ci',
      targets: [config, ...targets],
      startTime: second(0),
      limits: { timeoutMs: 1_800_000, readinessTimeoutMs: 300_000 },
      resource: () => own,
      ...rest,
    },
    second(now),
  )
}
const open = { done: false, error: '' }
const success = { done: true, error: '', nextDeadline: undefined }

describe('failure', () => {
  test('CI-03: the first error of any target ends the run, whatever else is under way', () => {
    const all = [
      target('a:update', waiting()),
      target('b:serve', ended('b: server exited with code 0')),
      target('c:serve', active(1, false)),
    ]
    expect(judge(all)).toEqual({ done: true, error: 'b: server exited with code 0', nextDeadline: undefined })
  })

  test('CI-03: a config error ends it too', () => {
    const targets = [target('tiltfile:update', ended('config/threw: boom'))]
    expect(judge([], 1, { targets })).toMatchObject({ done: true, error: 'config/threw: boom' })
  })
})

describe('success', () => {
  test('CI-04: when nothing waits, no server is unready and each job has ended', () => {
    expect(judge([target('a:update', ended()), target('a:serve', active(1, true, 3))])).toEqual(success)
    expect(judge([target('a:update', waiting())])).toMatchObject(open)
    expect(judge([target('a:update', active(1, false))])).toMatchObject(open)
    expect(judge([target('a:update', active(1, true))])).toMatchObject(open)
    expect(judge([target('a:serve', active(1, false))])).toMatchObject(open)
  })

  test('CI-04: not before there is a target beside the config', () => {
    expect(judge([])).toMatchObject(open)
  })

  test('CI-04: not while an error is tolerated', () => {
    expect(judge([target('a:serve', ended('image pull', 'Tolerated'))])).toMatchObject(open)
    expect(judge([target('a:serve', ended('image pull', 'Exceeded'))]).error).toBe('exceeded grace period: image pull')
  })

  test('CI-06: targets that were not asked for or are disabled are ignored', () => {
    const ignored = [target('a:update', {}), target('b:update', { disabled: {} })]
    expect(judge([...ignored, target('c:update', ended())])).toEqual(success)
    expect(judge(ignored)).toEqual(success)
  })

  test('a server without a probe has to have lived for a second', () => {
    const server = [target('a:serve', active(10, true, 10))]
    const own = { server: true, soundMs: 1_000 }
    expect(judge(server, 10.5, { own })).toEqual({ ...open, nextDeadline: second(11) })
    expect(judge(server, 11, { own })).toEqual(success)
    expect(judge(server, 10.5, { own: { server: true, soundMs: 0 } })).toEqual(success)
  })

  test('CI-05: pods without a probe have to stay ready for two seconds, or to have run for three', () => {
    const own = { server: true, soundMs: 2_000 }
    const seen = (startedAt: number) => [
      target('a:serve', { active: { startTime: at(startedAt), ready: true, lastReadyTime: at(10) } }),
    ]
    expect(judge(seen(9), 11.5, { own })).toEqual({ ...open, nextDeadline: second(12) })
    expect(judge(seen(9), 12, { own })).toEqual(success)
    expect(judge(seen(7), 10, { own })).toEqual(success)
  })

  test('a session that is no ci run has no verdict', () => {
    const manual = judge([target('a:update', ended('boom'))], 1, { exitCondition: 'manual' })
    expect(manual).toEqual({ ...open, nextDeadline: undefined })
  })
})

describe('timeout of the whole run', () => {
  const late = [
    target('a:update', waiting('waiting-for-slot')),
    target('b:update', waiting()),
    target('b:serve', waiting('waiting-for-update')),
    target('c:update', active(1790, false)),
  ]

  test('CI-08: names what waits and why, and what is not ready', () => {
    expect(judge(late, 1799)).toEqual({ ...open, nextDeadline: second(1800) })
    expect(judge(late, 1800).error).toBe(
      'Timeout after 30m0s: 2 resources waiting (a waiting-for-slot,b waiting-for-dep), 1 resources not ready (c:update)',
    )
  })

  test('CI-08, CI-09: say in its own words why something is not there yet', () => {
    const full = 'Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.'
    const pending: SessionTargetState = { waiting: { waitReason: 'waiting-for-start', message: full } }
    const unready: SessionTargetState = { active: { startTime: at(1), ready: false, message: 'no pod is ready' } }
    const names = ['b', 'c', 'd'].map((name) => target(name, unready))
    expect(judge([target('a:runtime', pending), ...names], 1800).error).toBe(
      `Timeout after 30m0s: 1 resources waiting (a waiting-for-start), 3 resources not ready (b,c,d); a: ${full}; b: no pod is ready; c: no pod is ready; 1 more in the table`,
    )
    expect(judge([target('b:serve', unready)], 301).error).toBe(
      'Readiness timeout after 5m0s: target b:serve not ready: no pod is ready',
    )
  })

  test('CI-08: names what is tried again', () => {
    const limits = { timeoutMs: 1_500, readinessTimeoutMs: 0 }
    expect(judge([target('a:serve', ended('x', 'Tolerated'))], 5, { limits }).error).toBe(
      'Timeout after 1.5s: 1 resources retrying (a:serve)',
    )
  })

  test('CI-08: 0 is no limit', () => {
    const limits = { timeoutMs: 0, readinessTimeoutMs: 0 }
    expect(judge(late, 1e6, { limits })).toEqual({ ...open, nextDeadline: undefined })
  })

  test('CI-08: success and failure at the last moment win over it', () => {
    expect(judge([target('a:update', ended())], 1800)).toEqual(success)
    expect(judge([target('a:update', ended('boom'))], 1800).error).toBe('boom')
  })

  test('CI-08: the config’s limits win over the command line’s, which win over 30 and 5 minutes', () => {
    const flag = { ci: { timeoutMs: 1 } }
    expect(ciLimits(undefined, {})).toEqual({ timeoutMs: 1_800_000, readinessTimeoutMs: 300_000 })
    expect(ciLimits({}, flag).timeoutMs).toBe(1)
    expect(ciLimits({ ciTimeoutMs: 0, ciReadinessTimeoutMs: 2 }, flag)).toEqual({ timeoutMs: 0, readinessTimeoutMs: 2 })
  })
})

describe('timeout of readiness', () => {
  test('CI-09: a server that stays unready fails, counted from its start', () => {
    const server = [target('a:serve', active(10, false))]
    expect(judge(server, 309)).toEqual({ ...open, nextDeadline: second(310) })
    expect(judge(server, 310).error).toBe('Readiness timeout after 5m0s: target a:serve not ready')
  })

  test('CI-09: or from when it was ready last', () => {
    expect(judge([target('a:serve', active(10, false, 100))], 310)).toMatchObject(open)
    expect(judge([target('a:serve', active(10, false, 100))], 400).done).toBe(true)
  })

  test('CI-09: jobs and what waits are exempt, 0 is no limit', () => {
    expect(judge([target('a:update', active(1, false)), target('b:serve', waiting())], 1700)).toMatchObject(open)
    const limits = { timeoutMs: 0, readinessTimeoutMs: 0 }
    expect(judge([target('a:serve', active(1, false))], 1e6, { limits })).toMatchObject(open)
  })

  test('a resource’s own readyTimeout replaces the limit of the session, 0 too', () => {
    const server = [target('a:serve', active(10, false))]
    const own = { server: true, soundMs: 0 }
    expect(judge(server, 12, { own: { ...own, readyTimeoutMs: 2_000 } }).error).toBe(
      'Readiness timeout after 2s: target a:serve not ready',
    )
    expect(judge(server, 1_000, { own: { ...own, readyTimeoutMs: 0 } })).toMatchObject(open)
  })

  test('a readyTimeout limits the update of a resource without a server', () => {
    const job = [target('a:update', active(10, false))]
    const own = { readyTimeoutMs: 2_000, soundMs: 1_000 }
    expect(judge(job, 12, { own: { ...own, server: false } }).error).toBe(
      'Readiness timeout after 2s: target a:update not ready',
    )
    expect(judge(job, 12, { own: { ...own, server: true } })).toMatchObject(open)
  })
})

describe('an engine that is away', () => {
  const away = [{ cluster: 'docker', error: 'no Docker engine answers', since: second(5) }] as const
  const own = { server: true, soundMs: 0, needs: ['docker'] } as const
  const held = [target('db:update', waiting('waiting-for-cluster'))]

  test('CI-10: fails the run when it has not answered for a minute', () => {
    expect(judge(held, 64, { away, own })).toEqual({ ...open, nextDeadline: second(65) })
    expect(judge(held, 65, { away, own }).error).toBe(
      'cluster connection failed: no Docker engine answers (waited 1m0s)',
    )
  })

  test('CI-10: only what is enabled and not done yet needs it', () => {
    const idle = [target('db:update', ended()), target('web:update', { disabled: {} }), target('api:update', waiting())]
    const resource = (name: string): ResourceLimits => ({ ...own, needs: name === 'api' ? ['default'] : ['docker'] })
    expect(judge(idle, 600, { away, resource })).toMatchObject(open)
  })
})
