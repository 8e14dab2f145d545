import { expect, it } from 'vitest'
import { changesText } from './changes-text.js'

it.each([
  [1, 0, '1 file copied'],
  [0, 2, '2 files removed'],
  [3, 1, '3 files copied, 1 file removed'],
  [0, 0, 'commands only'],
])('%d copied and %d removed reads %s', (copied, removed, text) => {
  expect(changesText({ copied, removed })).toBe(text)
})
