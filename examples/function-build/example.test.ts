import { describe, expect, it } from 'vitest'
import { exampleCopy } from '../../tests/support/example.js'
import { skipReason } from '../../tests/support/requires.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`the example function-build${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('builds by its function when a file or the function itself has changed', async () => {
    const example = exampleCopy(import.meta.dirname)
    expect(await example.ci()).toContain('building from')

    const dev = await example.dev()
    await example.answers(8111, 'Hello\n')
    expect(dev.stdout()).not.toContain('building from')
    example.edit('fn/server.mjs', 'Hello', 'Edited')
    await example.answers(8111, 'Edited\n')
    example.edit('tilt.config.ts', 'building from', 'made from')
    await dev.printed(/made from [0-9a-f]{40}/)
    await example.end(dev)
  })
})
