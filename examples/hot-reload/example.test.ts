import { describe, expect, it } from 'vitest'
import { exampleCopy } from '../../tests/support/example.js'
import { skipReason } from '../../tests/support/requires.js'

const skip = skipReason('docker')
const page = (title: string): string => `<link rel="stylesheet" href="/style.css"><h1>${title}</h1>\n`

describe.skipIf(skip !== undefined)(`the example hot-reload${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('takes edits into the running container, which nobody restarts', async () => {
    const example = exampleCopy(import.meta.dirname)
    await example.ci()
    const dev = await example.dev()
    await example.answers(8101, page('Hello'))
    const before = example.containers('frontend')
    const started = example.startedAt('frontend')

    example.edit('frontend/src/page.mjs', 'Hello', 'Edited')
    await example.answers(8101, page('Edited'))
    example.edit('frontend/src/page.mjs', 'Edited', 'Again')
    await example.answers(8101, page('Again'))
    example.write('frontend/public/style.css', 'h1 { color: red }\n')
    await example.answers(8101, 'h1 { color: red }\n', '/style.css')

    expect(example.containers('frontend')).toEqual(before)
    expect(example.startedAt('frontend')).toBe(started)
    expect(dev.stdout()).not.toContain('COPY')
    await example.end(dev)
  })
})
