import { describe, expect, test } from 'vitest'
import { at, second } from '../status/row.test.support.js'
import { beginProbing, type ProbeLine, type ProbeState, type ProbeTiming, probeAnswered } from './probe-timing.js'

const defaults: ProbeTiming = { initialDelayMs: 0, periodMs: 10_000, successThreshold: 1, failureThreshold: 3 }

/** Probes a server that answers as told, each attempt taking no time. */
function probing(timing: ProbeTiming, answers: (msSinceStart: number) => boolean, forMs: number) {
  const begun = beginProbing(timing, second(0))
  let state: ProbeState = begun.state
  let now = begun.delayMs
  const attempts: number[] = []
  const lines: (ProbeLine & { readonly ms: number })[] = []
  const ready: [number, boolean][] = []
  while (now <= forMs) {
    const time = second(0) + now
    const step = probeAnswered(timing, state, {
      ok: answers(now),
      output: `answer at ${now}`,
      startedAt: time,
      endedAt: time,
    })
    attempts.push(now)
    lines.push(...step.lines.map((line) => ({ ...line, ms: now })))
    if (step.ready !== state.ready) ready.push([now, step.ready])
    state = step.state
    now += step.delayMs
  }
  return { attempts, lines, ready, state }
}

const gaps = (attempts: readonly number[]): number[] => attempts.map((ms, index) => ms - (attempts[index - 1] ?? 0))

describe('start-up', () => {
  test('probes after 25, 50, 100 … milliseconds up to the period', () => {
    const { attempts } = probing({ ...defaults, periodMs: 1_000 }, () => false, 5_000)
    expect(gaps(attempts)).toEqual([25, 50, 100, 200, 400, 800, 1_000, 1_000, 1_000])
  })

  test('never goes below a period that is shorter', () => {
    expect(gaps(probing({ ...defaults, periodMs: 10 }, () => false, 40).attempts)).toEqual([10, 10, 10, 10])
  })

  test('goes over to the period with the first success', () => {
    const { attempts, ready } = probing({ ...defaults, periodMs: 1_000 }, (ms) => ms >= 100, 3_000)
    expect(gaps(attempts)).toEqual([25, 50, 100, 1_000, 1_000])
    expect(ready).toEqual([[175, true]])
  })

  test('does not begin before the initial delay', () => {
    expect(beginProbing({ ...defaults, initialDelayMs: 3_000 }, 0).delayMs).toBe(3_000)
    expect(beginProbing({ ...defaults, initialDelayMs: 1 }, 0).delayMs).toBe(25)
  })

  test('counts no failure towards the threshold, but keeps the last output', () => {
    const { state } = probing({ ...defaults, periodMs: 1_000, failureThreshold: 1 }, () => false, 2_000)
    const step = probeAnswered(defaults, state, {
      ok: true,
      output: 'HTTP 200',
      startedAt: second(3),
      endedAt: second(3),
    })
    expect(step.ready).toBe(true)
    const failing = probeAnswered(defaults, state, {
      ok: false,
      output: 'HTTP 503',
      startedAt: second(3),
      endedAt: second(3),
    })
    expect(failing.status).toMatchObject({ lastResult: 'failure', lastOutput: 'HTTP 503', lastTime: at(3) })
    expect(failing.status.failingSince).toBe(at(0.025))
  })
})

describe('thresholds', () => {
  const timing = { ...defaults, periodMs: 1_000 }

  test('LOC-12: so many failures in a row make it unready, one success makes it ready again', () => {
    const { ready } = probing(timing, (ms) => ms < 2_000 || ms > 6_500, 8_000)
    expect(ready).toEqual([
      [25, true],
      [4_025, false],
      [7_025, true],
    ])
  })

  test('LOC-12: fewer failures than the threshold change nothing', () => {
    const { ready } = probing(timing, (ms) => Math.floor(ms / 1_000) % 3 === 0, 20_000)
    expect(ready).toEqual([[25, true]])
  })

  test('LOC-12: with a success threshold of 3 it takes three in a row', () => {
    const { ready } = probing({ ...timing, successThreshold: 3 }, (ms) => ms !== 1_025, 6_000)
    expect(ready).toEqual([[4_025, true]])
  })
})

describe('timing', () => {
  test('an attempt starts every period, however long the one before took; a slow one is followed at once', () => {
    const { state } = beginProbing(defaults, 0)
    const ready = probeAnswered(defaults, state, { ok: true, output: '', startedAt: 0, endedAt: 0 }).state
    const after = (ms: number) =>
      probeAnswered({ ...defaults, periodMs: 1_000 }, ready, { ok: true, output: '', startedAt: 0, endedAt: ms })
        .delayMs
    expect([after(0), after(300), after(5_000)]).toEqual([1_000, 700, 0])
  })
})

describe('lines', () => {
  test('LOC-12: turning ready or unready is told, repeated failures only to those who want to know', () => {
    const { lines } = probing({ ...defaults, periodMs: 1_000 }, (ms) => ms < 2_000 || ms > 6_500, 8_000)
    expect(lines.map(({ level, text }) => `${level}: ${text}`)).toEqual([
      'info: ready: the probe succeeded 25ms after the start',
      'verbose: the probe failed: answer at 2025',
      'verbose: the probe failed: answer at 3025',
      'warn: not ready any more: the probe failed 3 times in a row: answer at 4025',
      'verbose: the probe failed: answer at 5025',
      'verbose: the probe failed: answer at 6025',
      'info: ready again: the probe succeeds',
    ])
  })

  test('a probe that fails for ever says so with its last output after 10 s, then after twice as long each time', () => {
    const { lines } = probing({ ...defaults, periodMs: 1_000 }, () => false, 100_000)
    const told = lines.filter((line) => line.level === 'warn')
    expect(told.map((line) => Math.round(line.ms / 1_000))).toEqual([11, 21, 41, 81])
    expect(told[0]?.text).toBe('still not ready: the probe has failed for 10.6s: answer at 10575')
  })

  test('a server that was ready and fails for ever is told of again as well', () => {
    const { lines } = probing({ ...defaults, periodMs: 1_000 }, (ms) => ms < 1_000, 45_000)
    const told = lines.filter((line) => line.level === 'warn')
    expect(told.map((line) => Math.round(line.ms / 1_000))).toEqual([3, 11, 21, 41])
  })

  test('a warning of the probe is told when it turns ready', () => {
    const { state } = beginProbing(defaults, 0)
    const step = probeAnswered(defaults, state, {
      ok: true,
      output: 'HTTP 302',
      warning: 'redirected to another host',
      startedAt: 0,
      endedAt: 1,
    })
    expect(step.ready).toBe(true)
    expect(step.lines.at(-1)).toEqual({ level: 'warn', text: 'readiness probe: redirected to another host' })
  })

  test('the last 4 KB of output are kept, cut between characters', () => {
    const { state } = beginProbing(defaults, 0)
    const output = `${'x'.repeat(9)}${'é😀€'.repeat(1_000)}`
    const { lastOutput } = probeAnswered(defaults, state, { ok: false, output, startedAt: 0, endedAt: 1 }).status
    expect(Buffer.byteLength(lastOutput)).toBeLessThanOrEqual(4096)
    expect(Buffer.byteLength(lastOutput)).toBeGreaterThan(4090)
    expect(output.endsWith(lastOutput)).toBe(true)
  })
})
