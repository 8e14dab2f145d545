import { manualClock } from '@tiltts/runtime/testing'
import { describe, expect, it } from 'vitest'
import { type Heartbeat, startHeartbeat } from './heartbeat.js'

function beating(answers: () => boolean): {
  readonly clock: ReturnType<typeof manualClock>
  readonly heart: Heartbeat
  readonly blocked: () => number
} {
  const clock = manualClock()
  let blocked = 0
  const heart = startHeartbeat({
    clock,
    limitMs: 10_000,
    ping: () => {
      clock.timer(1, () => {
        if (answers()) heart.pong()
      })
    },
    onBlocked: () => {
      blocked += 1
    },
  })
  return { clock, heart, blocked: () => blocked }
}

describe('a heartbeat', () => {
  it('goes on as long as there are answers', async () => {
    const { clock, blocked } = beating(() => true)
    await clock.advance(600_000)
    expect(blocked()).toBe(0)
  })

  it('tells once when there has been no answer for the limit', async () => {
    let alive = true
    const { clock, blocked } = beating(() => alive)
    await clock.advance(60_000)
    alive = false
    await clock.advance(9_900)
    expect(blocked()).toBe(0)
    await clock.advance(2_100)
    expect(blocked()).toBe(1)
    await clock.advance(60_000)
    expect(blocked()).toBe(1)
  })

  it('gives six times as long to what prints, and no more', async () => {
    const { clock, heart, blocked } = beating(() => false)
    for (let second = 0; second < 59; second += 1) {
      heart.printed()
      await clock.advance(1_000)
    }
    expect(blocked()).toBe(0)
    for (let second = 0; second < 13; second += 1) {
      heart.printed()
      await clock.advance(1_000)
    }
    expect(blocked()).toBe(1)
  })

  it('blames nobody for the time in which this process stood still itself', async () => {
    const clock = manualClock()
    let now = 0
    let blocked = 0
    // A clock whose timers come an hour late, as after sleep.
    const late = { ...clock, now: () => now, timer: (_ms: number, fn: () => void) => clock.timer(3_600_000, fn) }
    const heart = startHeartbeat({
      clock: late,
      limitMs: 10_000,
      ping: () => {},
      onBlocked: () => {
        blocked += 1
      },
    })
    now += 3_600_000
    await clock.advance(3_600_000)
    expect(blocked).toBe(0)
    heart.stop()
  })

  it('is silent once stopped', async () => {
    const { clock, heart, blocked } = beating(() => false)
    heart.stop()
    await clock.advance(60_000)
    expect(blocked()).toBe(0)
    expect(clock.next()).toBeUndefined()
  })
})
