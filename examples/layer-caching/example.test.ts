import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { exampleCopy } from '../../tests/support/example.js'
import { skipReason } from '../../tests/support/requires.js'

const skip = skipReason('docker')
const cached = /RUN node install\.mjs\n.* cached/g

describe.skipIf(skip !== undefined)(`the example layer-caching${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('takes the install from the cache when only sources have changed', async () => {
    const example = exampleCopy(import.meta.dirname)
    // A list of dependencies that this builder has never seen.
    const version = randomUUID()
    example.edit('app/package.json', '1.0.0', version)
    const ci = await example.ci()
    expect(ci).toContain(`installed for ${version}`)
    expect(ci).not.toMatch(cached)

    const dev = await example.dev()
    await example.answers(8105, `Hello from ${version}\n`)
    const before = example.containers('app')
    example.edit('app/src/server.mjs', 'Hello', 'Edited')
    await example.answers(8105, `Edited from ${version}\n`)
    expect(example.containers('app')).not.toEqual(before)
    expect(dev.stdout().match(cached)).toHaveLength(1)
    expect(dev.stdout()).not.toContain('installed for')

    example.edit('app/package.json', version, `${version}-b`)
    await example.answers(8105, `Edited from ${version}-b\n`)
    expect(dev.stdout().match(cached)).toHaveLength(1)
    await example.end(dev)
  })
})
