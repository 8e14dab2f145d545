import { describe, expect, it } from 'vitest'
import { exampleCopy } from '../../tests/support/example.js'
import { until } from '../../tests/support/processes.js'
import { skipReason } from '../../tests/support/requires.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`the example monorepo${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('takes edits of the service and of the shared package, and none of the rest of the repository', async () => {
    const example = exampleCopy(import.meta.dirname)
    await example.ci()
    const dev = await example.dev()
    await example.answers(8104, 'This is web\n')
    const before = example.containers('web')

    example.edit('services/admin/server.mjs', 'admin', 'edited')
    example.edit('packages/shared/src/title.mjs', 'This is', 'Here is')
    await example.answers(8104, 'Here is web\n')
    example.edit('services/web/src/server.mjs', "'web'", "'the web'")
    await example.answers(8104, 'Here is the web\n')

    expect(example.containers('web')).toEqual(before)
    expect(dev.stdout()).not.toContain('services/admin')
    expect(example.inside('web', 'find', '/app', '-name', '*admin*')).toBe('')
    await example.end(dev)
  })

  it('builds the image when a file changed that no sync takes', async () => {
    const example = exampleCopy(import.meta.dirname)
    const dev = await example.dev()
    const before = example.containers('web')
    example.edit('services/web/package.json', '"type": "module"', '"type": "module", "version": "2.0.0"')
    await dev.printed(/COPY services\/web [\s\S]*COPY services\/web /)
    await until('another container runs', () => ![before[0], undefined].includes(example.containers('web')[0]), 20_000)
    await example.answers(8104, 'This is web\n')
    await example.end(dev)
  })
})
