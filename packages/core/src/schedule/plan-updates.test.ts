import { describe, expect, test } from 'vitest'
import { candidate, dependency, newcomer, planView, running, shown } from './plan.test.support.js'
import { planUpdates } from './plan-updates.js'
import type { Candidate } from './types.js'

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `r${index}`)

describe('slots', () => {
  test('SCH-01: starts no more updates than there are free slots, and tells the others so', () => {
    const view = planView(
      names(4).map((name, order) => candidate(name, { order })),
      {
        running: [running('busy')],
        maxParallel: 3,
      },
    )
    expect(shown(planUpdates(view))).toEqual({
      start: ['r0', 'r1'],
      holds: {
        r2: 'waiting-for-slot: waiting for a free slot (3 at once)',
        r3: 'waiting-for-slot: waiting for a free slot (3 at once)',
      },
    })
  })

  test('SCH-01: a lowered limit leaves what runs alone and starts nothing until there is room again', () => {
    const busy = names(5).map((name) => running(`busy-${name}`))
    expect(planUpdates(planView([candidate('a')], { running: busy, maxParallel: 2 })).start).toEqual([])
    expect(planUpdates(planView([candidate('a')], { running: busy.slice(0, 1), maxParallel: 2 })).start).toEqual(['a'])
  })

  test('a candidate that waits takes no slot from those behind it', () => {
    const blocked = newcomer('web', { edges: [{ on: 'db', edge: 'first' }], order: 0 })
    const view = planView([blocked, newcomer('api', { order: 1 })], {
      maxParallel: 1,
      states: { db: dependency() },
    })
    expect(planUpdates(view).start).toEqual(['api'])
  })
})

describe('config', () => {
  test('HOLD-01: nothing starts while the config has changes nobody looked at, and each candidate says so', () => {
    const plan = planUpdates(planView([newcomer('a'), candidate('b', { triggeredAt: 1 })], { configPending: true }))
    expect(plan.start).toEqual([])
    expect([...plan.holds.values()].map((hold) => hold.reason)).toEqual(['tiltfile-reload', 'tiltfile-reload'])
    expect(plan.holds.get('a')?.on).toEqual([
      { group: 'tilt.dev', apiVersion: 'v1alpha1', kind: 'Tiltfile', name: '(Tiltfile)' },
    ])
  })
})

describe('local commands that run one at a time', () => {
  const exclusive = { exclusive: true }

  test('HOLD-02: a command without allowParallel waits for another such command, and names it', () => {
    const view = planView([candidate('test', exclusive)], { running: [running('lint', exclusive)] })
    expect(shown(planUpdates(view)).holds).toEqual({
      test: 'waiting-for-local: waiting for lint (neither has allowParallel)',
    })
  })

  test('HOLD-02: a running command without allowParallel does not hold those that allow others', () => {
    const view = planView([candidate('serve')], { running: [running('lint', exclusive)] })
    expect(planUpdates(view).start).toEqual(['serve'])
  })

  test('HOLD-03: a command without allowParallel starts beside parallel ones, but never two of them at once', () => {
    const view = planView(
      [candidate('lint', { ...exclusive, order: 1 }), candidate('test', { ...exclusive, order: 2 })],
      {
        running: [running('serve')],
      },
    )
    expect(shown(planUpdates(view))).toEqual({
      start: ['lint'],
      holds: { test: 'waiting-for-local: waiting for lint (neither has allowParallel)' },
    })
  })

  test('one that waits for a dependency does not keep another from running', () => {
    const blocked = newcomer('test', { ...exclusive, order: 0, edges: [{ on: 'db', edge: 'first' }] })
    const view = planView([blocked, newcomer('lint', { ...exclusive, order: 1 })], { states: { db: dependency() } })
    expect(planUpdates(view).start).toEqual(['lint'])
  })
})

describe('a resource that is being updated', () => {
  test('HOLD-05: waits for its own running update', () => {
    const view = planView([candidate('api')], { running: [running('api')] })
    expect(shown(planUpdates(view))).toEqual({
      start: [],
      holds: { api: 'building-component: waiting for its running update' },
    })
  })
})

describe('dependencies', () => {
  const edges = [{ on: 'db', edge: 'first' }] as const

  test('HOLD-06: the first update waits until each dependency has been ready once', () => {
    const waiting = planView([newcomer('api', { edges })], { states: { db: dependency() } })
    expect(shown(planUpdates(waiting)).holds).toEqual({ api: 'waiting-for-dep: waiting for db (not ready)' })
    const ready = planView([newcomer('api', { edges })], { states: { db: dependency({ readyOnce: true }) } })
    expect(planUpdates(ready).start).toEqual(['api'])
  })

  test('HOLD-10: a hold refers to all that is waited for', () => {
    const view = planView(
      [newcomer('api', { edges: [...edges, { on: 'cache', edge: 'first' }, { on: 'mail', edge: 'first' }] })],
      { states: { db: dependency(), cache: dependency({ readyOnce: true }), mail: dependency() } },
    )
    const hold = planUpdates(view).holds.get('api')
    expect(hold?.on.map((ref) => `${ref.kind}/${ref.name}`)).toEqual(['UIResource/db', 'UIResource/mail'])
    expect(hold?.message).toBe('waiting for db (not ready), mail (not ready)')
  })

  test('RDEP-01: later updates do not wait, whatever became of the dependency', () => {
    const down = dependency({ readyOnce: true, ready: false, failed: true })
    const never = dependency({ enabled: false })
    for (const state of [down, never])
      expect(planUpdates(planView([candidate('api', { edges })], { states: { db: state } })).start).toEqual(['api'])
  })

  test('RDEP-05: a triggered first update waits for its dependencies too', () => {
    const asked = candidate('api', { first: true, triggeredAt: 5, edges })
    const plan = planUpdates(planView([asked], { states: { db: dependency() } }))
    expect(plan.holds.get('api')?.reason).toBe('waiting-for-dep')
  })

  test.each([
    ['disabled', dependency({ enabled: false }), 'waiting for db (disabled)'],
    ['manual and never triggered', dependency({ idle: true }), 'waiting for db (never triggered)'],
    ['failed', dependency({ failed: true }), 'waiting for db (failed)'],
    ['failed but on its way again', dependency({ failed: true, busy: true }), 'waiting for db (not ready)'],
  ])('RDEP-05: the hold says that a dependency is %s', (_, state, message) => {
    const plan = planUpdates(planView([newcomer('api', { edges })], { states: { db: state } }))
    expect(plan.holds.get('api')?.message).toBe(message)
  })

  test('RDEP-05: of many dependencies the message names three, those that need somebody first', () => {
    const many = ['a', 'b', 'c', 'd', 'e']
    const states = Object.fromEntries(many.map((name) => [name, dependency({ enabled: name !== 'e' })]))
    const view = planView([newcomer('api', { edges: many.map((on) => ({ on, edge: 'first' })) })], { states })
    const hold = planUpdates(view).holds.get('api')
    expect(hold?.message).toBe('waiting for e (disabled), a (not ready), b (not ready) and 2 more')
    expect(hold?.on.map((ref) => ref.name)).toEqual(['e', 'a', 'b', 'c', 'd'])
  })

  test.each([
    { edge: 'first', first: true, state: { readyOnce: true }, starts: true },
    { edge: 'first', first: true, state: { succeededOnce: true }, starts: false },
    { edge: 'first', first: false, state: {}, starts: true },
    { edge: 'rerun', first: true, state: { readyOnce: true }, starts: true },
    { edge: 'rerun', first: true, state: {}, starts: false },
    { edge: 'rerun', first: false, state: {}, starts: true },
    { edge: 'after', first: true, state: { succeededOnce: true }, starts: true },
    { edge: 'after', first: true, state: { ready: true, readyOnce: true }, starts: false },
    { edge: 'after', first: false, state: {}, starts: true },
    { edge: 'ready', first: true, state: { ready: true }, starts: true },
    { edge: 'ready', first: true, state: { readyOnce: true }, starts: false },
    { edge: 'ready', first: false, state: { ready: true }, starts: true },
    { edge: 'ready', first: false, state: { readyOnce: true }, starts: false },
  ] as const)(
    'edge $edge with $state lets a first ($first) update start: $starts',
    ({ edge, first, state, starts }) => {
      const update = candidate('api', { first, edges: [{ on: 'db', edge }] })
      const plan = planUpdates(planView([update], { states: { db: dependency(state) } }))
      expect(plan.start).toEqual(starts ? ['api'] : [])
    },
  )
})

describe('outputs of one that are inputs of another', () => {
  const web = candidate('web', { inputsFrom: ['codegen'], order: 0 })

  test('the reader waits while the writer runs', () => {
    expect(shown(planUpdates(planView([web], { running: [running('codegen')] }))).holds).toEqual({
      web: 'waiting-for-output: waiting for codegen (writes what this one reads)',
    })
  })

  test('the reader lets a writer that is due go first, wherever that stands in the queue', () => {
    const plan = planUpdates(planView([web, candidate('codegen', { pendingSince: 99 })]))
    expect(plan.start).toEqual(['codegen'])
    expect(plan.holds.get('web')?.reason).toBe('waiting-for-output')
  })

  test('the reader does not wait for a writer that has nothing to do', () => {
    expect(planUpdates(planView([web])).start).toEqual(['web'])
  })

  test.each([
    ['is paused', candidate('codegen', { paused: { file: 'gen.ts' } })],
    ['waits for a disabled resource', newcomer('codegen', { edges: [{ on: 'off', edge: 'first' }] })],
  ])('the reader does not wait for a writer that %s', (_, codegen) => {
    const view = planView([web, codegen], { states: { off: dependency({ enabled: false }) } })
    expect(planUpdates(view).start).toEqual(['web'])
  })

  test('the reader waits for a writer that itself waits for something on its way', () => {
    const codegen = newcomer('codegen', { edges: [{ on: 'db', edge: 'first' }] })
    const view = planView([web, codegen], { states: { db: dependency({ busy: true }) } })
    expect(planUpdates(view).holds.get('web')?.reason).toBe('waiting-for-output')
  })

  test('two that read from each other run one after the other', () => {
    const a = candidate('a', { inputsFrom: ['b'], order: 0 })
    const b = candidate('b', { inputsFrom: ['a'], order: 1 })
    const plan = planUpdates(planView([a, b]))
    expect(plan.start).toEqual(['a'])
    expect(plan.holds.get('b')?.message).toBe('waiting for a (writes what this one reads)')
  })

  test('a dependency that reads what its dependent writes goes first', () => {
    const writer = newcomer('writer', { edges: [{ on: 'reader', edge: 'first' }], order: 0 })
    const reader = newcomer('reader', { inputsFrom: ['writer'], order: 1 })
    expect(planUpdates(planView([writer, reader], { states: { reader: dependency() } })).start).toEqual(['reader'])
  })
})

describe('a resource that keeps starting itself', () => {
  const paused = { paused: { file: 'src/gen.ts' } }

  test('is held with the file named', () => {
    const hold = planUpdates(planView([candidate('gen', paused)])).holds.get('gen')
    expect(hold?.reason).toBe('paused-by-loop')
    expect(hold?.message).toContain('src/gen.ts')
  })

  test('starts when somebody asks for it', () => {
    expect(planUpdates(planView([candidate('gen', { ...paused, triggeredAt: 1 })])).start).toEqual(['gen'])
  })
})

describe('order', () => {
  const order = (candidates: readonly Candidate[]): readonly string[] =>
    planUpdates(planView(candidates, { maxParallel: 99 })).start

  test('PRI-01: first updates come before all others, in the order of declaration', () => {
    expect(
      order([
        candidate('changed', { pendingSince: 1, order: 0 }),
        candidate('asked', { triggeredAt: 1, order: 1 }),
        newcomer('second', { order: 3 }),
        newcomer('first', { order: 2 }),
      ]),
    ).toEqual(['first', 'second', 'asked', 'changed'])
  })

  test('PRI-01: a trigger does not bring a first update forward', () => {
    expect(order([newcomer('b', { order: 1, triggeredAt: 1 }), newcomer('a', { order: 0 })])).toEqual(['a', 'b'])
  })

  test('PRI-02: triggered updates start first in, first out, before changed ones', () => {
    expect(
      order([
        candidate('late', { triggeredAt: 20, order: 0 }),
        candidate('changed', { pendingSince: 1, order: 1 }),
        candidate('early', { triggeredAt: 10, order: 2, first: true }),
      ]),
    ).toEqual(['early', 'late', 'changed'])
  })

  test('PRI-03: the earliest change comes first, and declaration order decides between equals', () => {
    expect(
      order([
        candidate('c', { pendingSince: 7, order: 2 }),
        candidate('b', { pendingSince: 7, order: 1 }),
        candidate('a', { pendingSince: 3, order: 5 }),
      ]),
    ).toEqual(['a', 'b', 'c'])
  })
})
