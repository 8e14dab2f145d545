import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { giveBackMemory } from './give-back-memory.js'

const mb = 1 << 20
let heap = 0
let collections = 0
let change = (): void => {}

beforeEach(() => {
  vi.useFakeTimers()
  heap = 40 * mb
  collections = 0
  const end = giveBackMemory(
    (fn) => {
      change = fn
      return () => {
        change = () => {}
      }
    },
    {
      heapSize: () => heap,
      now: Date.now,
      collect: () => {
        collections++
        heap = 45 * mb
      },
    },
  )
  onTestFinished(end)
})
afterEach(() => vi.useRealTimers())

describe('memory that a burst of work has left', () => {
  it('is given back once, when nothing happens any more', () => {
    heap = 120 * mb
    vi.advanceTimersByTime(60_000)
    expect({ collections, heap }).toEqual({ collections: 1, heap: 45 * mb })
  })

  it('is left alone while things happen', () => {
    heap = 120 * mb
    for (let second = 0; second < 60; second++) {
      change()
      vi.advanceTimersByTime(1000)
    }
    expect(collections).toBe(0)
    vi.advanceTimersByTime(10_000)
    expect(collections).toBe(1)
  })

  it('is not worth a stop when it is little', () => {
    heap = 50 * mb
    vi.advanceTimersByTime(60_000)
    expect(collections).toBe(0)
  })
})
