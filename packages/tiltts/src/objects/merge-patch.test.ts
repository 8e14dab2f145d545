import { describe, expect, it } from 'vitest'
import { mergePatchBetween, threeWayPatch } from './merge-patch.js'

describe('the patch between two objects', () => {
  it('says what is new, other and gone, and lists as a whole', () => {
    const before = { same: 1, other: 'a', gone: true, list: [1, 2], deep: { same: {}, gone: 1 } }
    const after = { same: 1, other: 'b', fresh: {}, list: [2], deep: { same: {}, fresh: 2 } }
    expect(mergePatchBetween(before, after)).toEqual({
      other: 'b',
      gone: null,
      fresh: {},
      list: [2],
      deep: { gone: null, fresh: 2 },
    })
  })

  it('is empty when they are the same', () => {
    expect(mergePatchBetween({ a: { b: [1] } }, { a: { b: [1] } })).toEqual({})
  })
})

describe('the patch of apply', () => {
  it('removes what was applied before and is no longer said, and leaves what others have added', () => {
    const last = { data: { mine: '1', dropped: '2' } }
    const wanted = { data: { mine: '3' } }
    const live = { data: { mine: '1', dropped: '2', theirs: '4' }, status: {} }
    expect(threeWayPatch(last, wanted, live)).toEqual({ data: { mine: '3', dropped: null } })
  })

  it('is empty when the object is as it is wanted, also where a dropped field is gone already', () => {
    expect(threeWayPatch({ a: 1, b: { c: 2 } }, { a: 1 }, { a: 1, other: 5 })).toEqual({})
  })
})
