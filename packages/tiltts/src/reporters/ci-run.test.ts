import { createLogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { annotation, type Image } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { type CiEnd, type CiRun, ciRunOf } from './ci-run.js'
import { at, second, sessionOf } from './session-of.test.support.js'

const failedEnd: CiEnd = {
  outcome: { exitCode: 1, reason: 'bad: update failed', diagnostics: [] },
  exitCode: 1,
  finishedAt: second(10),
}
const logs = createLogStore({ now: () => 0 })
const run = (store: ObjectStore, end: CiEnd = failedEnd): CiRun => ciRunOf({ store, logs }, end)
const results = ({ resources }: CiRun): Readonly<Record<string, string>> =>
  Object.fromEntries(resources.map(({ name, result }) => [name, result]))

const good = { last: 'succeeded', succeededOnce: true } as const
const bad = { last: 'failed' } as const
const updating = { current: 'x-1' }

describe('what a run reports', () => {
  it('blames what has failed, and not what had no chance to end', () => {
    const store = sessionOf({ good, bad, busy: updating, waits: { started: false }, off: { enabled: 'disabled' } })
    expect(results(run(store))).toEqual({
      good: 'passed',
      bad: 'failed',
      busy: 'skipped',
      waits: 'skipped',
      off: 'skipped',
    })
  })

  it('blames what was still under way when nothing has failed: time was up', () =>
    expect(results(run(sessionOf({ good, busy: updating, waits: { started: false } })))).toEqual({
      good: 'passed',
      busy: 'failed',
      waits: 'failed',
    }))

  it('blames nobody when it was interrupted', () => {
    const interrupted = run(sessionOf({ busy: updating }), { outcome: undefined, exitCode: 130, finishedAt: second(3) })
    expect(interrupted).toMatchObject({ result: 'interrupted', reason: 'interrupted', durationMs: 3_000 })
    expect(results(interrupted)).toEqual({ busy: 'skipped' })
  })

  it('tells of each update how long it waited, and how long each of its steps took', () => {
    const store = sessionOf({ api: { ...good, history: ['api-1'] } })
    store.update({ by: 'test' }, (tx) =>
      tx.put(
        'Update',
        'api-1',
        { resource: 'api', causes: [] },
        {
          phase: 'succeeded',
          queuedAt: at(1),
          startTime: at(3),
          finishTime: at(8),
          holds: [],
          steps: [{ name: 'cmd', startTime: at(3), finishTime: at(7.5) }],
        },
        { annotations: { [annotation.resource]: 'api' } },
      ),
    )
    expect(run(store).resources[0]).toMatchObject({
      name: 'api',
      type: 'local',
      labels: ['back'],
      durationMs: 5_000,
      place: { line: 1 },
      updates: [{ name: 'api-1', durationMs: 5_000, queuedMs: 2_000, steps: [{ name: 'cmd', durationMs: 4_500 }] }],
    })
  })

  it('has the last lines of what did not pass', () => {
    const said = createLogStore({ now: () => 0 })
    for (const resource of ['good', 'bad']) {
      said.span({ id: resource, resource, source: 'build' })
      said.append(resource, 'one\ntwo\n')
    }
    const { resources } = ciRunOf({ store: sessionOf({ good, bad }), logs: said }, failedEnd)
    expect(resources.map(({ lastLines }) => lastLines)).toEqual([[], ['one', 'two']])
  })

  it('puts the failure of a build at the line of its Dockerfile', () => {
    const store = sessionOf({ bad })
    const dockerfile = { path: '/shop/api/Dockerfile', contents: 'FROM node\nWORKDIR /app\n\nRUN npm ci\n' }
    const failedImage = {
      node: { build: 'docker', dockerfile } as Image['spec']['node'],
      repository: 'shop/api',
      dependsOn: [],
      watch: 'w',
      inputs: [],
      deployedBy: ['bad'],
      helper: false,
      definitionHash: 'd',
    }
    store.update({ by: 'test' }, (tx) => {
      tx.put('Image', 'api', failedImage, {
        error: 'exit code 1',
        stages: [
          { name: '[1/3] FROM node', cached: true },
          { name: '[3/3] RUN npm ci', cached: false, error: 'exit code 1' },
        ],
      })
      tx.spec('Resource', 'bad', (of) => ({ ...of, images: [{ name: 'api', deployed: true, inputs: [] }] }))
    })
    expect(run(store).resources[0]?.place).toEqual({ file: '/shop/api/Dockerfile', line: 4, column: 1 })
  })
})
