import { describe, expect, test } from 'vitest'
import { at, containerState } from '../status/row.test.support.js'
import { countFailures } from './restart-backoff.js'

describe('failures in a row of a container', () => {
  const runs = (from: number, restartCount: number, failuresInARow = 0) =>
    containerState({ startedAt: at(from), restartCount, failuresInARow })
  const restarting = (from: number, to: number, restartCount: number) =>
    containerState({ status: 'restarting', startedAt: at(from), finishedAt: at(to), restartCount })

  test('grow with each short run', () => {
    expect(countFailures(runs(1, 0), restarting(1, 2, 1))).toBe(1)
    expect(countFailures(runs(3, 1, 1), restarting(3, 4, 2))).toBe(2)
    expect(countFailures(runs(3, 1, 1), restarting(30, 31, 4))).toBe(4)
  })

  test('begin anew after a run of ten seconds', () => {
    expect(countFailures(runs(1, 3, 3), restarting(1, 12, 4))).toBe(1)
  })

  test('count a run whose end was only seen when the next one ran', () => {
    expect(countFailures(runs(1, 0), { ...runs(4, 1), finishedAt: at(2) })).toBe(1)
    expect(countFailures(runs(1, 3, 3), { ...runs(40, 4), finishedAt: at(38) })).toBe(1)
  })

  test('stay while nothing was restarted, and are none for what was never seen before', () => {
    expect(countFailures(runs(1, 2, 2), runs(1, 2))).toBe(2)
    expect(countFailures(undefined, restarting(1, 2, 40))).toBe(0)
  })

  test('are none after somebody has started it by hand', () => {
    expect(countFailures(runs(1, 6, 6), runs(50, 0))).toBe(0)
  })
})
