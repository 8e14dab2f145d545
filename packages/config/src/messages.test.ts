import { describe, expect, it } from 'vitest'
import { localResource } from './local-resource.js'
import { fail, warn } from './messages.js'
import { secret } from './secret.js'
import { evaluate } from './testing/evaluate.js'

describe('messages', () => {
  it('EVAL-20: warn shows a warning with its place, and the evaluation goes on', async () => {
    const { result, warnings } = await evaluate(() => {
      warn('careful')
      localResource('a', { cmd: 'true' })
    })
    expect(result.graph).toBeDefined()
    expect(warnings).toMatchObject([
      { code: 'config/warning', message: 'careful', places: [{ file: expect.stringContaining('messages.test.ts') }] },
    ])
  })

  it('EVAL-20: fail stops the evaluation at its place', async () => {
    let after = false
    const { result, errors } = await evaluate(() => {
      localResource('a', { cmd: 'true' })
      fail('not here')
      after = true
    })
    expect(after).toBe(false)
    expect(result.graph).toBeUndefined()
    expect(errors).toMatchObject([
      { code: 'config/failed', message: 'not here', places: [{ file: expect.stringContaining('messages.test.ts') }] },
    ])
  })
})

describe('secret', () => {
  it('returns the value and records it, also when the evaluation fails', async () => {
    const told: unknown[] = []
    const { result } = await evaluate(
      () => {
        expect(secret('hunter2', 'db')).toBe('hunter2')
        secret('other')
        secret('')
        fail('later')
      },
      { onSecret: (found) => told.push(found.value) },
    )
    expect(result.secrets).toEqual([
      { value: 'hunter2', replacement: '[redacted secret db]' },
      { value: 'other', replacement: '[redacted secret]' },
    ])
    expect(told).toEqual(['hunter2', 'other'])
  })
})
