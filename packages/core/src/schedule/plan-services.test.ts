import type { ClusterName } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import {
  candidate,
  dependency,
  liveChange,
  newcomer,
  planView,
  running,
  serviceChange,
  shown,
} from './plan.test.support.js'
import { planUpdates } from './plan-updates.js'

const away = () => ({ connected: false, error: 'connect ENOENT /var/run/docker.sock' })

describe('changes that go straight into running containers', () => {
  test('SCH-01: take no slot, neither when they start nor while they run', () => {
    const busy = [running('a'), running('b'), running('c')]
    expect(planUpdates(planView([liveChange('web')], { running: busy })).start).toEqual(['web'])
    const lively = [running('x', { live: true }), running('y', { live: true })]
    expect(
      shown(planUpdates(planView([liveChange('web'), candidate('d')], { running: [...busy, ...lively] }))),
    ).toEqual({
      start: ['web'],
      holds: { d: 'waiting-for-slot: waiting for a free slot (3 at once)' },
    })
    expect(planUpdates(planView([candidate('d')], { running: [...lively, running('a')] })).start).toEqual(['d'])
  })

  test('HOLD-08: wait neither for the config, nor for dependencies, nor for commands that run alone', () => {
    const edges = [{ on: 'db', edge: 'ready' }] as const
    const plan = planUpdates(
      planView([liveChange('web', { edges, inputsFrom: ['gen'] }), serviceChange('api', { edges })], {
        configPending: true,
        running: [running('gen', { exclusive: true })],
        states: { db: dependency() },
      }),
    )
    expect(plan.start).toEqual(['web'])
    expect(plan.holds.get('api')?.reason).toBe('tiltfile-reload')
  })

  test('HOLD-05: wait for the running update of their own resource', () => {
    expect(shown(planUpdates(planView([liveChange('web')], { running: [running('web')] }))).holds).toEqual({
      web: 'building-component: waiting for its running update',
    })
  })

  test('do not go on while the resource is paused', () => {
    const plan = planUpdates(planView([liveChange('web', { paused: { file: '/f' } })]))
    expect(plan.holds.get('web')?.reason).toBe('paused-by-loop')
  })
})

describe('images in use', () => {
  const shares = { images: ['base', 'api'] }

  test('HOLD-05: an update waits while another has one of its images in hand, and names both', () => {
    const view = planView([serviceChange('web', { images: ['base', 'web'] })], { running: [running('api', shares)] })
    expect(shown(planUpdates(view))).toEqual({
      start: [],
      holds: { web: 'building-component: waiting for api (both use the image base)' },
    })
  })

  test('HOLD-05: of those that start together only one takes an image; what shares none goes beside it', () => {
    const view = planView([
      serviceChange('api', { order: 0, ...shares }),
      serviceChange('web', { order: 1, images: ['base'] }),
      serviceChange('db', { order: 2, images: ['db'] }),
    ])
    expect(planUpdates(view).start).toEqual(['api', 'db'])
  })

  test('HOLD-05: changes to running containers neither wait for images nor take them', () => {
    const live = liveChange('web', { images: ['base'] })
    expect(planUpdates(planView([live], { running: [running('api', shares)] })).start).toEqual(['web'])
    const view = planView([serviceChange('api', shares)], {
      running: [running('web', { live: true, images: ['base'] })],
    })
    expect(planUpdates(view).start).toEqual(['api'])
  })

  test('one that waits for something else keeps its images from nobody', () => {
    const edges = [{ on: 'db', edge: 'first' }] as const
    const view = planView([newcomer('api', { ...shares, edges }), serviceChange('web', shares)], {
      states: { db: dependency() },
    })
    expect(planUpdates(view).start).toEqual(['web'])
  })
})

describe('the engine that runs containers', () => {
  test('HOLD-07: what needs it waits while it is away, with what it said; the others go on', () => {
    const plan = planUpdates(planView([serviceChange('web'), candidate('lint')], { cluster: away }))
    expect(shown(plan)).toEqual({
      start: ['lint'],
      holds: { web: 'waiting-for-cluster: waiting for the Docker engine: connect ENOENT /var/run/docker.sock' },
    })
    expect(plan.holds.get('web')?.on).toEqual([
      { group: 'tilt.dev', apiVersion: 'v1alpha1', kind: 'Cluster', name: 'docker' },
    ])
  })

  test('HOLD-07: before it has answered for the first time, too', () => {
    const plan = planUpdates(planView([serviceChange('web')], { cluster: () => ({ connected: false }) }))
    expect(plan.holds.get('web')?.message).toBe('waiting for the Docker engine to answer')
  })

  test('HOLD-07: changes to running containers wait for it as well', () => {
    const plan = planUpdates(planView([liveChange('web')], { cluster: away }))
    expect(plan.holds.get('web')?.reason).toBe('waiting-for-cluster')
  })

  test('is not asked when nothing needs it', () => {
    const view = planView([candidate('lint')], {
      cluster: () => {
        throw new Error('asked')
      },
    })
    expect(planUpdates(view).start).toEqual(['lint'])
  })
})

describe('a container that is on its way', () => {
  test('HOLD-09: changes that could go into it wait for it instead of building an image', () => {
    const plan = planUpdates(planView([serviceChange('web', { awaitsContainer: true })]))
    expect(shown(plan)).toEqual({
      start: [],
      holds: { web: 'waiting-for-deploy: waiting for its container to run; the changes then go into it' },
    })
    expect(plan.holds.get('web')?.on.map(({ name }) => name)).toEqual(['web'])
  })
})

describe('conditions of depends_on', () => {
  test.each([
    { edge: 'started', state: { startedOnce: true }, starts: true },
    { edge: 'started', state: { succeededOnce: true }, starts: false },
    { edge: 'completed', state: { completedOnce: true }, starts: true },
    { edge: 'completed', state: { startedOnce: true, readyOnce: true }, starts: false },
  ] as const)('RDEP-03: $edge with $state lets the first update start: $starts', ({ edge, state, starts }) => {
    const update = newcomer('web', { type: 'docker-compose', edges: [{ on: 'db', edge }] })
    const plan = planUpdates(planView([update], { states: { db: dependency(state) } }))
    expect(plan.start).toEqual(starts ? ['web'] : [])
  })

  test('RDEP-01: later updates do not wait for them', () => {
    const edges = [
      { on: 'db', edge: 'started' },
      { on: 'migrate', edge: 'completed' },
    ] as const
    const states = { db: dependency(), migrate: dependency() }
    expect(planUpdates(planView([serviceChange('web', { edges })], { states })).start).toEqual(['web'])
  })

  test('HOLD-06: the hold says what each is waited for', () => {
    const edges = [
      { on: 'db', edge: 'started' },
      { on: 'migrate', edge: 'completed' },
    ] as const
    const plan = planUpdates(
      planView([newcomer('web', { edges })], { states: { db: dependency(), migrate: dependency() } }),
    )
    expect(plan.holds.get('web')?.message).toBe('waiting for db (not started), migrate (not completed)')
  })
})

test('PRI-01: of the first updates local resources come before services, whatever their order', () => {
  const view = planView([newcomer('web', { type: 'docker-compose', order: 0 }), newcomer('gen', { order: 1 })])
  expect(planUpdates(view).start).toEqual(['gen', 'web'])
})

describe('a cluster that does not answer', () => {
  test('CLU-02: holds what deploys to it, and what builds for it waits for the engine, too', () => {
    const view = (down: ClusterName) =>
      planUpdates(
        planView(
          [
            candidate('web', { type: 'k8s', clusters: ['docker', 'default'] }),
            candidate('crds', { type: 'k8s', clusters: ['default'] }),
            candidate('db', { type: 'docker-compose', clusters: ['docker'] }),
          ],
          { cluster: (name) => (name === down ? { connected: false, error: 'refused' } : { connected: true }) },
        ),
      )
    expect(view('default').start).toEqual(['db'])
    expect(view('default').holds.get('crds')).toMatchObject({
      on: [{ kind: 'Cluster', name: 'default' }],
      message: 'waiting for the cluster: refused',
    })
    expect(view('docker').start).toEqual(['crds'])
  })
})
