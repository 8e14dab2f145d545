import type { HoldInterval } from '@tiltts/spec'
import { expect, test } from 'vitest'
import { at, second } from '../status/row.test.support.js'
import { recordHold } from './hold-intervals.js'
import { exclusiveHold, slotHold } from './holds.js'

test('HOLD-10: each reason to wait is kept with its time', () => {
  let holds: readonly HoldInterval[] = []
  holds = recordHold(holds, exclusiveHold('lint'), second(1))
  holds = recordHold(holds, exclusiveHold('lint'), second(2))
  holds = recordHold(holds, slotHold(3), second(4))
  holds = recordHold(holds, undefined, second(5))
  expect(holds.map(({ reason, from, to }) => [reason, from, to])).toEqual([
    ['waiting-for-local', at(1), at(4)],
    ['waiting-for-slot', at(4), at(5)],
  ])
})

test('the same hold again, or none after none, changes nothing', () => {
  const holds = recordHold([], slotHold(3), second(1))
  expect(recordHold(holds, slotHold(3), second(2))).toBe(holds)
  const closed = recordHold(holds, undefined, second(3))
  expect(recordHold(closed, undefined, second(4))).toBe(closed)
})

test('a queue that is passed on a thousand times does not grow without end, and loses no time', () => {
  let holds: readonly HoldInterval[] = []
  for (let n = 0; n < 1000; n++) holds = recordHold(holds, exclusiveHold(`lint-${n}`), second(n))
  expect(holds.length).toBeLessThanOrEqual(20)
  expect(holds[0]?.from).toBe(at(0))
  expect(holds.at(-1)?.on[0]?.name).toBe('lint-999')
  expect(holds.at(-1)?.to).toBeUndefined()
  holds.forEach((hold, index) => {
    if (index > 0) expect(hold.from).toBe(holds[index - 1]?.to)
  })
})
