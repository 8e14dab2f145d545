import { describe, expect, it } from 'vitest'
import { equal, keep } from './values.js'

describe('keep', () => {
  it.each<[string, unknown, unknown]>([
    ['a number', 1, 1],
    ['not a number', Number.NaN, Number.NaN],
    ['null', null, null],
    ['a list', [1, [2, 3]], [1, [2, 3]]],
    ['a record in another order', { a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }],
    ['a record with an undefined property more', { a: 1 }, { a: 1, b: undefined }],
    ['an empty record', {}, {}],
  ])('returns the previous value itself for an equal one: %s', (_, first, second) => {
    const previous = keep(undefined, first)
    expect(keep(previous, second)).toBe(previous)
    expect(equal(first, second)).toBe(true)
  })

  it.each<[string, unknown, unknown]>([
    ['a list and a longer one', [1], [1, 2]],
    ['a list and a shorter one', [1, 2], [1]],
    ['a list and a record', [], {}],
    ['a record and one with a property less', { a: 1, b: 2 }, { a: 1 }],
    ['a record and one with another property', { a: 1 }, { b: 1 }],
    ['an inherited name', {}, { toString: 1 }],
    ['null and a record', null, {}],
    ['zero and minus zero', 0, -0],
  ])('tells apart: %s', (_, first, second) => {
    const previous = keep(undefined, first)
    expect(keep(previous, second)).not.toBe(previous)
    expect(keep(previous, second)).toStrictEqual(second)
    expect(equal(first, second)).toBe(false)
    expect(equal(second, first)).toBe(false)
  })

  it('shares the parts that did not change', () => {
    const previous = keep(undefined, { kept: { deep: [1, 2] }, changed: { n: 1 } })
    const next = keep(previous, { kept: { deep: [1, 2] }, changed: { n: 2 } })
    expect(next.kept).toBe(previous.kept)
    expect(next.changed).toEqual({ n: 2 })
  })

  it('keeps what it made before by reference, also at another place of a list', () => {
    const previous = keep(undefined, [{ n: 1 }, { n: 2 }])
    const next = keep(previous, [{ n: 3 }, ...previous])
    expect(next[1]).toBe(previous[0])
    expect(next[2]).toBe(previous[1])
  })

  it('freezes all the way down and leaves the caller its own value', () => {
    const mine = { list: [{ n: 1 }] }
    const kept = keep(undefined, mine)
    mine.list.push({ n: 2 })
    expect(kept).toEqual({ list: [{ n: 1 }] })
    expect(Object.isFrozen(kept.list[0])).toBe(true)
    expect(() => kept.list.push({ n: 3 })).toThrow(TypeError)
  })

  it('copies a frozen value of somebody else whose inside may still change', () => {
    const inside = { n: 1 }
    const kept = keep(undefined, Object.freeze({ inside }))
    inside.n = 2
    expect(kept.inside.n).toBe(1)
  })

  it('takes __proto__ for the name of a property', () => {
    const kept = keep(undefined, JSON.parse('{"__proto__":{"a":1}}') as Record<string, unknown>)
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype)
    expect(JSON.stringify(kept)).toBe('{"__proto__":{"a":1}}')
  })
})
