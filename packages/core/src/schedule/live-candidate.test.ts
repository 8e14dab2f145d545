import type { ImageUse, ResourceStatus, UpdateCause } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { image, liveUpdate, sync } from '../live-update/live-update.test.support.js'
import { at, composeService, serviceResource, updated } from '../status/row.test.support.js'
import { candidateOf, dependencyOf, runningOf, schedulable } from './candidate.js'
import { isForced } from './live-candidate.js'
import { runtimeFacts } from './runtime-facts.js'
import type { RuntimeFacts } from './types.js'

const web = image('web', ['/app'], liveUpdate([sync('/app/src', '/srv')]))
const base: ImageUse = { ...image('base', ['/lib']), deployed: false }
const edited: Partial<ResourceStatus> = {
  ...updated('web'),
  pending: [{ reason: 'files', files: ['/app/src/a'], fileCount: 1 }],
  pendingSince: at(5),
  pendingFiles: ['/app/src/a'],
}
const isUp: RuntimeFacts = { covered: true, containers: 'running' }

const wants = (
  status: Partial<ResourceStatus>,
  facts: RuntimeFacts | undefined = isUp,
  spec: Parameters<typeof serviceResource>[1] = {},
) =>
  candidateOf(
    schedulable(serviceResource('web', { ...spec, spec: { images: [base, web], ...spec.spec }, status })),
    [],
    facts,
  )

describe('whether changes go straight into containers', () => {
  test('HOLD-08: they do when they are covered, the last update was ok, and the containers run', () => {
    expect(wants(edited)).toMatchObject({ type: 'docker-compose', live: true, awaitsContainer: false })
  })

  test.each<[string, Partial<ResourceStatus>, RuntimeFacts?]>([
    ['they are not covered', {}, { covered: false, containers: 'running' }],
    ['the last update failed', { last: 'failed' }],
    ['the last update was called off', { last: 'cancelled' }],
    ['the definition changed, too', { pending: [{ reason: 'files' }, { reason: 'config' }] }],
    [
      'something it depends on was updated',
      { pending: [{ reason: 'files' }, { reason: 'dependency', resource: 'x' }] },
    ],
    ['it was stopped by hand', { stopped: true }],
    ['it was tried', { fallback: 'read-only file system' }],
    ['nothing was built yet', { started: false, last: undefined }],
    ['its containers are down', {}, { covered: true, containers: 'down' }],
  ])('HOLD-08: they do not when %s', (_, status, facts = isUp) => {
    expect(wants({ ...edited, ...status }, facts)).toMatchObject({ live: false, awaitsContainer: false })
  })

  test('nor when no image has a live update, nor when nobody has told of containers', () => {
    expect(wants(edited, isUp, { spec: { images: [base, image('web', ['/app'])] } })).toMatchObject({ live: false })
    expect(
      candidateOf(schedulable(serviceResource('web', { spec: { images: [web] }, status: edited })), [])?.live,
    ).toBe(false)
  })

  test('LU-09: they do after a command in the container failed, since the files are there', () => {
    expect(wants({ ...edited, last: 'failed', liveStepFailed: true })).toMatchObject({ live: true })
  })

  test('HOLD-09: they wait for containers that are on their way, under the same conditions', () => {
    const coming: RuntimeFacts = { covered: true, containers: 'coming' }
    expect(wants(edited, coming)).toMatchObject({ live: false, awaitsContainer: true })
    expect(wants({ ...edited, last: 'failed' }, coming)).toMatchObject({ awaitsContainer: false })
    expect(wants(edited, { ...coming, covered: false })).toMatchObject({ awaitsContainer: false })
  })

  const triggered = { update: 'web-2', at: at(6) }

  test('TRIG-01: a trigger of an automatic resource builds', () => {
    expect(wants({ ...edited, triggered })).toMatchObject({ live: false })
  })

  test('TRIG-02: a trigger of a manual one with nothing but changed files does what automatic ones do', () => {
    const manual = { spec: { triggerMode: 'manual' } } as const
    expect(wants({ ...edited, triggered }, isUp, manual)).toMatchObject({ live: true })
    expect(wants({ ...updated('web'), triggered }, isUp, manual)).toMatchObject({ live: false })
    expect(wants({ ...edited, pending: [{ reason: 'config' }], triggered }, isUp, manual)).toMatchObject({
      live: false,
    })
  })
})

describe('what an update of a service takes', () => {
  test('all its images, unless somebody says that one needs no building; and the engine', () => {
    expect(wants(edited)).toMatchObject({ images: ['base', 'web'], clusters: ['docker'], exclusive: false })
    expect(wants(edited, { ...isUp, settledImages: new Set(['base']) })).toMatchObject({ images: ['web'] })
  })

  test('HOLD-05: while it runs it has in hand what it was started with', () => {
    const service = schedulable(serviceResource('web', { spec: { images: [base, web] }, status: { current: 'web-1' } }))
    expect(runningOf(service)).toEqual({
      name: 'web',
      type: 'docker-compose',
      exclusive: false,
      images: ['base', 'web'],
      live: false,
    })
    expect(runningOf(service, { live: true, images: ['web'] })).toMatchObject({ live: true, images: ['web'] })
  })

  test('RDEP-03: others see whether its container was started and completed', () => {
    const of = (status: Partial<ResourceStatus>) => dependencyOf(schedulable(serviceResource('db', { status })))
    expect(of({})).toMatchObject({ startedOnce: false, completedOnce: false })
    expect(of({ containerStartedOnce: true, containerCompletedOnce: true })).toMatchObject({
      startedOnce: true,
      completedOnce: true,
    })
  })
})

describe('what is known of the containers', () => {
  const containers = (...args: Parameters<typeof composeService>) =>
    runtimeFacts(serviceResource('web'), { service: composeService(...args) }).containers

  test('HOLD-09: they run when all of them do', () => {
    expect(containers([{}, {}])).toBe('running')
    expect(containers([{ healthStatus: 'unhealthy' }])).toBe('running')
    expect(containers([{}, { status: 'created' }])).toBe('coming')
  })

  test('HOLD-09: they are on their way when none was seen yet, or the engine has not told', () => {
    expect(containers([])).toBe('coming')
    expect(containers([{ status: 'exited', exitCode: 1 }], { known: false })).toBe('coming')
    expect(containers([{ status: 'paused' }])).toBe('coming')
  })

  test.each([
    ['ended', { status: 'exited' }],
    ['is restarted', { status: 'restarting', restartCount: 1 }],
    ['could not be started', { status: 'created', error: 'no such file' }],
    ['came back after a crash but does not run', { status: 'created', restartCount: 2 }],
    ['is dead', { status: 'dead' }],
  ])('HOLD-09: they are down when one %s', (_, state) => {
    expect(containers([{}, state])).toBe('down')
  })

  test('HOLD-09: they are down when they were taken away, and when there is no service', () => {
    expect(containers([], { startedOnce: true })).toBe('down')
    expect(runtimeFacts(serviceResource('web'), {}).containers).toBe('down')
  })

  test('the pending files decide whether all is covered', () => {
    const covered = (pendingFiles: readonly string[] | undefined, images = [web]) =>
      runtimeFacts(serviceResource('web', { spec: { images }, status: { pendingFiles } }), {
        service: composeService([{}]),
      }).covered
    expect(covered(['/app/src/a', '/elsewhere'])).toBe(true)
    expect(covered(['/app/src/a', '/app/Dockerfile'])).toBe(false)
    expect(covered(undefined)).toBe(false)
    expect(covered(['/elsewhere'], [image('web', ['/app'])])).toBe(false)
  })
})

describe('whether everything is to be built anew', () => {
  const asked: UpdateCause = { reason: 'trigger', by: 'cli' }
  const files: UpdateCause = { reason: 'files', files: ['/a'] }
  const forced = (triggerMode: 'auto' | 'manual', causes: readonly UpdateCause[], first = false) =>
    isForced({ triggerMode }, causes, first)

  test('TRIG-01: a trigger of an automatic resource, changed or not', () => {
    expect(forced('auto', [asked])).toBe(true)
    expect(forced('auto', [asked, files])).toBe(true)
    expect(forced('auto', [files])).toBe(false)
  })

  test('TRIG-02: a trigger of a manual resource without changes, or with more than changed files', () => {
    expect(forced('manual', [asked, files])).toBe(false)
    expect(forced('manual', [asked])).toBe(true)
    expect(forced('manual', [asked, files, { reason: 'config' }])).toBe(true)
  })

  test('a first update is never more than that', () => {
    expect(forced('auto', [asked], true)).toBe(false)
  })
})
