import { describe, expect, it } from 'vitest'
import { exampleCopy } from '../../tests/support/example.js'
import { skipReason } from '../../tests/support/requires.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`the example restart-in-place${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('starts the process anew after each edit, in the container that stays', async () => {
    const example = exampleCopy(import.meta.dirname)
    await example.ci()
    const dev = await example.dev()
    await example.answers(8110, 'Hello\n')
    const before = [example.containers('billing'), example.containers('meter')]
    const started = example.startedAt('billing')

    example.edit('billing/build/server.mjs', 'Hello', 'Edited')
    await example.answers(8110, 'Edited\n')
    example.edit('billing/build/server.mjs', 'Edited', 'Again')
    await example.answers(8110, 'Again\n')

    expect([example.containers('billing'), example.containers('meter')]).toEqual(before)
    expect(example.startedAt('billing')).toBe(started)
    expect(example.inside('meter', 'wget', '-qO-', 'http://127.0.0.1:3000')).toBe('Again\n')
    expect(dev.stdout()).not.toContain('COPY')
    await example.end(dev)
  })
})
