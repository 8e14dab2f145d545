import type { SessionTarget } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { withGrace } from './grace.js'
import { at, second } from './row.test.support.js'
import { verdict } from './verdict.js'

const failed = (name: string, type: SessionTarget['type'] = 'server'): SessionTarget => ({
  name: `${name}:runtime`,
  type,
  resources: [name],
  state: { terminated: { startTime: at(1), finishTime: at(2), error: `${name}: crashes`, graceStatus: '' } },
})

const judge = (targets: readonly SessionTarget[], graceMs: number, now: number) => {
  const deployedAt = (name: string) => (name === 'local' ? undefined : second(0))
  const graced = withGrace(targets, { graceMs, deployedAt }, second(now))
  const limits = { timeoutMs: 0, readinessTimeoutMs: 0 }
  const view = { exitCondition: 'ci', startTime: second(0), limits, resource: () => undefined } as const
  return { ...verdict({ ...view, targets: graced.targets }, second(now)), until: graced.nextDeadline }
}

describe('errors of what runs in a cluster', () => {
  test('CI-07: are tolerated for a time after the last deploy, and then fail a run', () => {
    const targets = [failed('tiltfile', 'job'), failed('web')].map((target, index) =>
      index === 0
        ? { ...target, state: { terminated: { startTime: at(1), finishTime: at(1), error: '', graceStatus: '' } } }
        : target,
    ) as readonly SessionTarget[]
    expect(judge(targets, 20_000, 5)).toMatchObject({ done: false, until: second(20) })
    expect(judge(targets, 20_000, 20)).toMatchObject({ done: true, error: 'exceeded grace period: web: crashes' })
    expect(judge(targets, 0, 5)).toMatchObject({ done: true, error: 'web: crashes' })
  })

  test('CI-07: others fail it at once', () => {
    expect(judge([failed('local')], 20_000, 5).error).toBe('local: crashes')
    expect(judge([failed('web', 'job')], 20_000, 5).error).toBe('web: crashes')
  })
})
