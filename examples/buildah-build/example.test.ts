import { describe, expect, it } from 'vitest'
import { exampleCopy } from '../../tests/support/example.js'
import { skipReason } from '../../tests/support/requires.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`the example buildah-build${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('deploys what the command has pushed, by way of the registry', async () => {
    const example = exampleCopy(import.meta.dirname)
    const ci = await example.ci()
    expect(ci).toMatch(/STEP: pushed 127\.0\.0\.1:5000\/buildah-build\/api:\S+/)
    expect(ci).toMatch(/Pull/)

    const dev = await example.dev()
    await example.answers(8109, 'Hello\n')
    expect(dev.stdout()).not.toContain('STEP')
    // What was fetched the first time is here still.
    expect(dev.stdout()).not.toContain('Pull')
    const before = example.containers('api')
    example.edit('api/server.mjs', 'Hello', 'Edited')
    await example.answers(8109, 'Edited\n')
    expect(example.containers('api')).not.toEqual(before)
    await example.end(dev)
  })
})
