import { describe, expect, it } from 'vitest'
import { exampleCopy } from '../../tests/support/example.js'
import { skipReason } from '../../tests/support/requires.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`the example conditional-install${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('installs in the container when package.json has changed, and only then', async () => {
    const example = exampleCopy(import.meta.dirname)
    await example.ci()
    const dev = await example.dev()
    await example.answers(8102, 'Hello, world\n')
    const before = example.containers('api')

    example.edit('api/src/server.mjs', "greet('world')", "greet('tiltts')")
    await example.answers(8102, 'Hello, tiltts\n')
    expect(dev.stdout()).not.toContain('install.mjs')

    example.edit('api/package.json', 'greeter-1', 'greeter-2')
    await example.answers(8102, 'Welcome, tiltts\n')
    await dev.printed('installed greeter from file:./vendor/greeter-2')
    example.edit('api/package.json', 'greeter-2', 'greeter-1')
    await example.answers(8102, 'Hello, tiltts\n')
    expect(example.containers('api')).toEqual(before)
    await example.end(dev)
  })
})
