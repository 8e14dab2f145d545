import { describe, expect, test } from 'vitest'
import { at, resource, second, serve } from '../status/row.test.support.js'
import { candidateOf, dependencyOf, runningOf, schedulable } from './candidate.js'
import { initialResourceStatus } from './resource-transitions.js'

const files = { pending: [{ reason: 'files' as const }], pendingSince: at(5) }

describe('what wants an update', () => {
  test.each([
    { title: 'never started, starts by itself', spec: {}, status: {}, wants: true },
    { title: 'never started, autoInit off', spec: { autoInit: false }, status: {}, wants: false },
    { title: 'ran before, nothing changed', spec: {}, status: { started: true }, wants: false },
    { title: 'changed', spec: {}, status: { started: true, ...files }, wants: true },
    { title: 'changed, autoInit off, never started', spec: { autoInit: false }, status: files, wants: true },
    { title: 'changed, manual', spec: { triggerMode: 'manual' }, status: { started: true, ...files }, wants: false },
    { title: 'manual, never started', spec: { triggerMode: 'manual' }, status: {}, wants: true },
    {
      title: 'triggered, manual, autoInit off',
      spec: { triggerMode: 'manual', autoInit: false },
      status: { triggered: { update: 'x-1', at: at(1) } },
      wants: true,
    },
    {
      title: 'disabled, whatever else',
      spec: {},
      status: { ...files, enabled: 'disabled', triggered: { update: 'x-1', at: at(1) } },
      wants: false,
    },
  ] as const)('SCH-02: $title: $wants', ({ spec, status, wants }) => {
    expect(candidateOf(schedulable(resource('x', { spec, status })), []) !== undefined).toBe(wants)
  })

  test('SCH-02: autoInit off keeps a changed manual resource away until it is triggered', () => {
    const spec = { triggerMode: 'manual', autoInit: false } as const
    expect(candidateOf(schedulable(resource('x', { spec, status: files })), [])).toBeUndefined()
  })
})

test('a candidate carries what decides over its turn', () => {
  const status = {
    started: true,
    ...files,
    triggered: { update: 'x-2', at: at(7) },
    paused: { file: 'f', since: at(6) },
  }
  expect(candidateOf(schedulable(resource('x', { status })), ['gen'])).toMatchObject({
    name: 'x',
    order: 1,
    exclusive: true,
    first: false,
    initial: false,
    triggeredAt: second(7),
    pendingSince: second(5),
    inputsFrom: ['gen'],
    paused: { file: 'f' },
  })
})

test('only a command that does not allow others beside it runs alone; a server does not', () => {
  const isExclusive = (local: Parameters<typeof resource>[1]) =>
    candidateOf(schedulable(resource('x', local)), [])?.exclusive
  expect(isExclusive({ local: {} })).toBe(true)
  expect(isExclusive({ local: { allowParallel: true } })).toBe(false)
  expect(isExclusive({ local: { cmd: undefined, serve } })).toBe(false)
})

test('a running update is one that has a name', () => {
  expect(runningOf(schedulable(resource('x')))).toBeUndefined()
  expect(runningOf(schedulable(resource('x', { status: { current: 'x-1' } })))).toEqual({
    name: 'x',
    exclusive: true,
    type: 'local',
    images: [],
    live: false,
  })
})

test('a local resource needs no engine and has no containers', () => {
  expect(candidateOf(schedulable(resource('x')), [])).toMatchObject({
    images: [],
    live: false,
    awaitsContainer: false,
    clusters: [],
  })
})

describe('a dependency as its dependents see it', () => {
  const of = (more: Parameters<typeof resource>[1]) => dependencyOf(schedulable(resource('x', more)))

  test('is idle only when it never started and nothing will start it', () => {
    expect(of({ spec: { autoInit: false } })).toMatchObject({ idle: true, busy: false })
    expect(of({})).toMatchObject({ idle: false, busy: true })
    expect(of({ spec: { autoInit: false }, status: { current: 'x-1' } })).toMatchObject({ idle: false, busy: true })
    expect(of({ status: { started: true } })).toMatchObject({ idle: false, busy: false })
  })

  test('has failed after a failed or cancelled update', () => {
    expect(of({ status: { started: true, last: 'failed' } }).failed).toBe(true)
    expect(of({ status: { started: true, last: 'cancelled' } }).failed).toBe(true)
    expect(of({ status: { started: true, last: 'succeeded' } }).failed).toBe(false)
  })

  test('is not enabled when it is disabled', () => {
    expect(dependencyOf({ ...schedulable(resource('x')), status: initialResourceStatus(false) }).enabled).toBe(false)
  })
})
