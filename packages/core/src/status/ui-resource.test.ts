import type { ConfigMap, UIResourceStatus } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { dependencyHold } from '../schedule/holds.js'
import { dependency } from '../schedule/plan.test.support.js'
import type { ResourceView } from './resource-view.js'
import {
  at,
  endedServer,
  probedServe,
  resource,
  runningServer,
  second,
  serve,
  serveCmd,
  update,
  updated,
} from './row.test.support.js'
import { uiResource } from './ui-resource.js'

const row = (
  more: Parameters<typeof resource>[1],
  rest: Partial<Omit<ResourceView, 'resource'>> = {},
  previous?: UIResourceStatus,
  now = 10,
): UIResourceStatus => uiResource({ resource: resource('api', more), updates: [], ...rest }, previous, second(now))

const condition = (status: UIResourceStatus, type: 'Ready' | 'UpToDate'): string => {
  const found = status.conditions.find((c) => c.type === type)
  return found === undefined ? 'missing' : [found.status, found.reason].filter((word) => word !== undefined).join(' ')
}

const failed = update('api-1', { phase: 'failed', error: 'exited with code 2', startTime: at(1), finishTime: at(2) })
const dirty = { pending: [{ reason: 'files' as const }], pendingSince: at(3) }
const disableMap = (data: ConfigMap['spec']['data']): ConfigMap => ({
  apiVersion: 'tilt.dev/v1alpha1',
  kind: 'ConfigMap',
  metadata: resource('api-disable').metadata,
  spec: { data },
  status: {},
})

describe('conditions', () => {
  const server = { local: { serve }, status: updated('api') }

  test.each<[string, UIResourceStatus, string, string]>([
    ['succeeded', row({ status: updated('api') }), 'True', 'True'],
    ['server runs', row(server, { serve: serveCmd(runningServer(true)) }), 'True', 'True'],
    ['server ended', row(server, { serve: serveCmd(endedServer(1)) }), 'False RuntimeError', 'True'],
    ['server not ready', row(server, { serve: serveCmd(runningServer(false)) }), 'False RuntimePending', 'True'],
    ['failed', row({ status: updated('api', { last: 'failed' }) }), 'False UpdateError', 'False UpdateError'],
    ['waits', row({}), 'False UpdatePending', 'False UpdatePending'],
    ['runs', row({ status: { current: 'api-1' } }), 'False Unknown', 'False Unknown'],
    ['disabled', row({ status: { enabled: 'disabled' } }), 'False Disabled', 'False Disabled'],
    [
      'server goes on beside a failed rebuild',
      row({ local: { serve }, status: updated('api', { last: 'failed' }) }, { serve: serveCmd(runningServer(true)) }),
      'True',
      'False UpdateError',
    ],
    [
      'serves only and is not ready',
      row(
        { local: { cmd: undefined, serve: probedServe }, status: updated('api') },
        { serve: serveCmd(runningServer(false)) },
      ),
      'False RuntimePending',
      'True',
    ],
  ])('API-27: %s', (_, status, ready, upToDate) => {
    expect(condition(status, 'Ready')).toBe(ready)
    expect(condition(status, 'UpToDate')).toBe(upToDate)
  })

  test('API-27: the time of a transition stays until the status turns over', () => {
    const first = row({}, {}, undefined, 1)
    const later = row({ status: { current: 'api-1' } }, {}, first, 5)
    const done = row({ status: updated('api') }, {}, later, 7)
    const times = [first, later, done].map((status) => status.conditions[0]?.lastTransitionTime)
    expect(times).toEqual([at(1), at(1), at(7)])
  })

  test('a resource that is ready beside a failed rebuild says so', () => {
    const more = { local: { serve }, status: updated('api', { last: 'failed' }) }
    const status = row(more, { serve: serveCmd(runningServer(true)), updates: [failed] })
    expect(status.summary).toBe('update failed: exited with code 2; the server from before goes on')
    expect(status.conditions[0]).toMatchObject({ type: 'Ready', status: 'True', message: status.summary })
  })
})

describe('what a row says in one line', () => {
  const hold = dependencyHold([{ on: 'db', edge: 'first', state: dependency() }])
  const server = { local: { serve: probedServe }, status: updated('api') }
  const probe = { lastResult: 'failure', lastTime: at(2), failures: 3, lastOutput: '\nHTTP 503\n<html>' } as const

  test.each<[string, UIResourceStatus, string | undefined]>([
    ['all is well', row({ status: updated('api') }), undefined],
    ['waits', row({ status: { hold } }), 'waiting for db (not ready)'],
    ['queued', row({}), 'queued'],
    [
      'runs',
      row({ status: { current: 'api-1' } }, { updates: [update('api-1', {}, [{ reason: 'initial' }])] }),
      'updating (Initial Build)',
    ],
    [
      'failed',
      row({ status: updated('api', { last: 'failed' }) }, { updates: [failed] }),
      'update failed: exited with code 2',
    ],
    ['server ended', row(server, { serve: serveCmd(endedServer(1)) }), 'exited with code 1'],
    ['server ended well', row(server, { serve: serveCmd(endedServer(0)) }), 'exited with code 0'],
    [
      'server could not start',
      row(server, { serve: serveCmd(endedServer(1, 'spawn ENOENT: no such command "foo"')) }),
      'spawn ENOENT: no such command "foo"',
    ],
    [
      'server comes back',
      row(server, { serve: serveCmd({ ...endedServer(1), nextRestartAt: at(9) }) }),
      'exited with code 1; will be started again',
    ],
    ['probe fails', row(server, { serve: serveCmd({ ...runningServer(false), probe }) }), 'probe: HTTP 503'],
    ['not probed yet', row(server, { serve: serveCmd(runningServer(false)) }), 'starting'],
    [
      'too late',
      row(
        { ...server, spec: { readyTimeoutMs: 5_000 }, status: updated('api', { unreadySince: at(1) }) },
        { serve: serveCmd({ ...runningServer(false), probe }) },
      ),
      'not ready after 5s (probe: HTTP 503)',
    ],
    [
      'stopped',
      row(server, { serve: serveCmd(endedServer(137), { stopRunId: 'x-1' }) }),
      'stopped; trigger it to start',
    ],
    ['never asked for', row({ spec: { autoInit: false } }), 'not started; trigger it to start'],
    [
      'manual with changes',
      row({ spec: { triggerMode: 'manual' }, status: updated('api', dirty) }),
      'has changes; trigger it to build them in',
    ],
    [
      'paused',
      row({ status: updated('api', { paused: { file: 'src/gen.ts', since: at(3) } }) }),
      'paused: each run changes src/gen.ts, which starts it again; ignore that file, or trigger it to go on',
    ],
    ['disabled', row({ status: { enabled: 'disabled' } }), 'disabled'],
  ])('%s', (_, status, summary) => {
    expect(status.summary).toBe(summary)
  })
})

describe('fields', () => {
  test('HOLD-10, API-28: what it waits for, with references', () => {
    const hold = dependencyHold([{ on: 'db', edge: 'first', state: dependency({ enabled: false }) }])
    expect(row({ status: { hold } }).waiting).toEqual({
      reason: 'waiting-for-dep',
      on: [{ group: 'tilt.dev', apiVersion: 'v1alpha1', kind: 'UIResource', name: 'db' }],
      message: 'waiting for db (disabled)',
    })
    expect(row({}).waiting).toBeUndefined()
  })

  test.each([
    ['auto', true, 0],
    ['manual', true, 1],
    ['manual', false, 2],
    ['auto', false, 3],
  ] as const)('API-25: trigger mode %s with autoInit %s is %d', (triggerMode, autoInit, number) => {
    expect(row({ spec: { triggerMode, autoInit } }).triggerMode).toBe(number)
  })

  test('API-25: order, type, links and what it depends on', () => {
    const spec = {
      order: 7,
      links: [{ url: 'http://localhost:1' }, { url: 'http://localhost:2', name: 'two' }],
      dependencies: [
        { on: 'db', edge: 'first' },
        { on: 'db', edge: 'rerun' },
      ],
    } as const
    expect(row({ spec })).toMatchObject({
      order: 7,
      specs: [{ id: 'local:api', type: 'local', hasLiveUpdate: false }],
      endpointLinks: [
        { url: 'http://localhost:1', name: '' },
        { url: 'http://localhost:2', name: 'two' },
      ],
      resourceDeps: ['db'],
    })
  })

  test('API-24: builds newest first, the running one, and what waits', () => {
    const causes = [{ reason: 'trigger', by: 'cli' }] as const
    const good = update(
      'api-2',
      { phase: 'succeeded', startTime: at(3), finishTime: at(4), spanId: 'build:api-2', warningCount: 2 },
      causes,
    )
    const now = update('api-3', { phase: 'running', startTime: at(5), spanId: 'build:api-3' })
    const status = row(
      {
        status: updated('api', {
          ...dirty,
          current: 'api-3',
          history: ['api-2', 'api-1', 'api-0'],
          triggered: { update: 'api-4', at: at(2) },
        }),
      },
      { updates: [failed, good, now] },
    )
    expect(status.buildHistory).toEqual([
      {
        error: '',
        warnings: ['2 warnings in its log'],
        startTime: at(3),
        finishTime: at(4),
        spanID: 'build:api-2',
        isCrashRebuild: false,
        update: 'api-2',
        causes,
      },
      expect.objectContaining({ error: 'exited with code 2', warnings: [] }),
    ])
    expect(status).toMatchObject({
      currentBuild: { startTime: at(5), spanID: 'build:api-3' },
      hasPendingChanges: true,
      queued: true,
      pendingBuildSince: at(2),
      lastDeployTime: at(4),
    })
  })

  test('API-26: the process of the server while it runs', () => {
    const more = { local: { serve }, status: updated('api') }
    expect(row(more, { serve: serveCmd(runningServer(true)) }).localResourceInfo).toEqual({ pid: 42 })
    expect(row(more, { serve: serveCmd(endedServer(0)) }).localResourceInfo).toBeUndefined()
  })

  test.each([
    [undefined, '', 0, 0],
    [disableMap({ isDisabled: 'false' }), 'Enabled', 1, 0],
    [disableMap({ isDisabled: 'true' }), 'Disabled', 0, 1],
    [disableMap({ isDisabled: 'maybe' }), 'Error', 0, 0],
    [disableMap({}), 'Error', 0, 0],
  ] as const)('API-29: disable state of %j', (map, state, enabledCount, disabledCount) => {
    expect(row({}, { disableMap: map }).disableStatus).toEqual({
      state,
      enabledCount,
      disabledCount,
      sources: [{ configMap: { name: 'api-disable', key: 'isDisabled' } }],
    })
  })

  test('API-23: a disabled resource has neither update nor runtime status', () => {
    const more = { local: { serve }, status: updated('api', { enabled: 'disabled' }) }
    const status = row(more, { serve: serveCmd(runningServer(true)) })
    expect([status.updateStatus, status.runtimeStatus]).toEqual(['none', 'none'])
  })
})
