import { describe, expect, it } from 'vitest'
import type { Records } from './records.js'

export interface RecordsHarness {
  readonly records: Records
  /** Other records of the same place, as the next session opens them. */
  readonly reopen: () => Records
}

/** What every place for records does. */
export function recordsContract(name: string, make: () => Promise<RecordsHarness>): void {
  describe(`${name} as records`, () => {
    it('has nothing under a key that was never set', async () => {
      const { records } = await make()
      expect(await records.get('outputs/api')).toBeUndefined()
    })

    it('gives back what was set, also to the next session', async () => {
      const { records, reopen } = await make()
      const value = { hash: 'abc', files: ['a.ts', 'b.ts'], nested: { deep: null, yes: true, n: 1.5 } }
      await records.set('outputs/api', value)
      expect(await records.get('outputs/api')).toEqual(value)
      expect(await reopen().get('outputs/api')).toEqual(value)
    })

    it('keeps the last value of a key', async () => {
      const { records } = await make()
      await records.set('k', 1)
      await records.set('k', 2)
      expect(await records.get('k')).toBe(2)
    })

    it('tells apart keys of any characters and length', async () => {
      const { records } = await make()
      const keys = ['a', 'A', 'a/b', 'a\\b', '../a', 'a b', 'ä', '', 'x'.repeat(5000), 'con', 'a:b', '.']
      for (const key of keys) await records.set(key, { of: key })
      for (const key of keys) expect(await records.get(key)).toEqual({ of: key })
    })

    it('is not changed by what happens to a value it gave or took', async () => {
      const { records } = await make()
      const value = { list: ['a'] }
      await records.set('k', value)
      value.list.push('b')
      expect(await records.get('k')).toEqual({ list: ['a'] })
    })

    it('takes many values of one key at once and ends with one of them whole', async () => {
      const { records } = await make()
      const values = Array.from({ length: 20 }, (_, n) => ({ n, filler: String(n).repeat(2000) }))
      await Promise.all(values.map((value) => records.set('k', value)))
      expect(values).toContainEqual(await records.get('k'))
    })
  })
}
