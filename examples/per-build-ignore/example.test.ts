import { describe, expect, it } from 'vitest'
import { exampleCopy } from '../../tests/support/example.js'
import { skipReason } from '../../tests/support/requires.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`the example per-build-ignore${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('builds only the images that do not ignore what has changed', async () => {
    const example = exampleCopy(import.meta.dirname)
    await example.ci()
    const dev = await example.dev()
    await example.answers(8106, 'Hello from api\n')
    await example.answers(8107, 'Hello from web\n')
    expect(dev.stdout()).not.toContain('COPY')
    const [api, web] = [example.containers('api'), example.containers('web')]
    expect(example.inside('api', 'find', '/app', '-name', '*web*')).toBe('')
    expect(example.inside('web', 'find', '/app', '-name', '*.test.mjs')).toBe('')

    example.edit('shared/serve.test.mjs', 'serve is', 'so it is')
    example.edit('api/server.mjs', 'Hello', 'Edited')
    await example.answers(8106, 'Edited from api\n')
    expect(example.containers('api')).not.toEqual(api)
    expect(example.containers('web')).toEqual(web)
    expect(dev.stdout()).not.toContain('Changed Files: shared')

    example.edit('shared/serve.mjs', '{text}', '{text}!')
    await example.answers(8106, 'Edited from api!\n')
    await example.answers(8107, 'Hello from web!\n')
    await example.end(dev)
  })
})
