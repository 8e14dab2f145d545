import { createLogStore } from '@tiltts/core/logs'
import { createStore } from '@tiltts/core/store'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { putRow, putSession } from '../testing/rows.js'
import type { View } from './view.js'
import { streamView } from './view-stream.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function streamed() {
  let id = 0
  const store = createStore({ now: () => 0, uid: () => `uid-${id++}` })
  const logs = createLogStore({ now: () => 0 })
  logs.span({ id: 'api', resource: 'api', source: 'runtime' })
  const frames: { readonly at: number; readonly view: View }[] = []
  const client = { waiting: 0, gaveUp: false }
  const stop = streamView(
    { store, logs, now: () => 0 },
    {
      send: (view) => void frames.push({ at: Math.round(performance.now()), view }),
      get waiting() {
        return client.waiting
      },
      giveUp() {
        client.gaveUp = true
      },
    },
  )
  onTestFinished(stop)
  return { store, logs, frames, client, stop }
}

const orders = ({ uiResources = [] }: View): readonly unknown[] =>
  uiResources.map((object) => (object['status'] as { order: number }).order)

it('API-73: leaves 200 ms between frames, and sends none when nothing happens', async () => {
  const { store, frames } = streamed()
  for (let order = 1; order <= 10; order++) {
    putRow(store, 'api', { order })
    await vi.advanceTimersByTimeAsync(100)
  }
  await vi.advanceTimersByTimeAsync(10_000)
  const gaps = frames.slice(1).map(({ at }, index) => at - (frames[index]?.at ?? 0))
  expect(gaps.every((gap) => gap >= 199)).toBe(true)
  expect(frames.length).toBeGreaterThanOrEqual(5)
  expect(frames.length).toBeLessThanOrEqual(7)
  expect(orders(frames.at(-1)?.view ?? { logList: {} })).toEqual([10])
})

it('gives a slow client the latest state of each object and every line of the log, once it takes them', async () => {
  const { store, logs, frames, client } = streamed()
  client.waiting = 10 << 20
  for (let order = 1; order <= 50; order++) {
    putRow(store, 'api', { order })
    logs.append('api', `line ${order}\n`)
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(frames).toHaveLength(1)
  client.waiting = 0
  await vi.advanceTimersByTimeAsync(200)
  expect(frames).toHaveLength(2)
  const view = frames[1]?.view
  expect(view && orders(view)).toEqual([50])
  expect(view?.logList.segments).toHaveLength(50)
  expect(client.gaveUp).toBe(false)
})

it('gives up a client for which too much of the log waits', async () => {
  const { logs, client } = streamed()
  client.waiting = 10 << 20
  for (let n = 0; n < 17; n++) logs.append('api', `${'x'.repeat(100)}\n`.repeat(10_400))
  expect(client.gaveUp).toBe(true)
})

it('does not give up a client that takes what comes, however much comes at once', () => {
  const { logs, frames, client } = streamed()
  for (let n = 0; n < 17; n++) logs.append('api', `${'x'.repeat(1_000)}\n`.repeat(1_048))
  expect(client.gaveUp).toBe(false)
  expect(frames.at(-1)?.view.logList.segments?.length).toBeGreaterThan(16_000)
})

it('sends nothing after its end', async () => {
  const { store, logs, frames, stop } = streamed()
  putRow(store, 'api')
  await vi.advanceTimersByTimeAsync(0)
  stop()
  logs.append('api', 'late\n')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(frames).toHaveLength(1)
})

it('API-74: every frame has the start of the session, by which a page sees that it was started anew', async () => {
  const starts = async (startTime: string): Promise<readonly unknown[]> => {
    const { store, frames } = streamed()
    putSession(store, startTime)
    await vi.advanceTimersByTimeAsync(300)
    putRow(store, 'api')
    await vi.advanceTimersByTimeAsync(300)
    return frames.slice(1).map(({ view }) => view.tiltStartTime)
  }
  const [first, second] = ['2026-01-02T03:04:05.000000Z', '2026-01-02T04:00:00.000000Z']
  expect(await starts(first)).toEqual([first, first])
  expect(await starts(second)).toEqual([second, second])
})
