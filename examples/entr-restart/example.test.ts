import { describe, expect, it } from 'vitest'
import { exampleCopy } from '../../tests/support/example.js'
import { skipReason } from '../../tests/support/requires.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`the example entr-restart${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('has the watcher in the container start the server anew after each edit', async () => {
    const example = exampleCopy(import.meta.dirname)
    await example.ci()
    const dev = await example.dev()
    await example.answers(8103, 'Hello\n')
    const before = example.containers('worker')

    example.edit('worker/src/server.mjs', 'Hello', 'Edited')
    await example.answers(8103, 'Edited\n')
    example.edit('worker/src/server.mjs', 'Edited', 'Again')
    await example.answers(8103, 'Again\n')

    expect(example.containers('worker')).toEqual(before)
    expect(dev.stdout().match(/date > \/tmp\/restart/g)).toHaveLength(2)
    await example.end(dev)
  })
})
