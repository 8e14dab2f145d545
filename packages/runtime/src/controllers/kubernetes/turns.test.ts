import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { turns } from './turns.js'

it('does little work at once', () => {
  const done: number[] = []
  turns(() => false).take([1, 2, 3].map((one) => () => void done.push(one)))
  expect(done).toEqual([1, 2, 3])
})

it('gives others a turn in between much work, and keeps the order with what comes meanwhile', async () => {
  const done: number[] = []
  const inTurn = turns(() => false)
  const work = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => () => void done.push(from + index))
  inTurn.take(work(0, 3000))
  expect(done.length).toBeLessThan(500)
  inTurn.take(work(3000, 3010))
  for (let turn = 0; turn < 20; turn++) await nextTurn()
  expect(done).toEqual(Array.from({ length: 3010 }, (_, index) => index))
})

it('does nothing more when it is over', async () => {
  const done: number[] = []
  let over = false
  turns(() => over).take(Array.from({ length: 1000 }, (_, one) => () => void done.push(one)))
  over = true
  const before = done.length
  await nextTurn()
  await nextTurn()
  expect(done).toHaveLength(before)
})
