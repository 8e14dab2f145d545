import { describe, expect, it } from 'vitest'
import { exampleCopy } from '../../tests/support/example.js'
import { until } from '../../tests/support/processes.js'
import { skipReason } from '../../tests/support/requires.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`the example compose-live-update${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('DC-01, LU-01, LUC-05, UP-04: comes up in order, takes edits into the running container, and goes down', async () => {
    const example = exampleCopy(import.meta.dirname)
    const dev = await example.dev()
    await dev.printed(/migrated[\s\S]*api listens/)
    await example.answers(8100, 'hello\n')
    const before = example.containers('api')

    example.write('api/src/greeting.txt', 'edited\n')
    await example.answers(8100, 'edited\n')
    example.edit('api/package.json', '"type"', '"version": "2.0.0", "type"')
    await dev.printed('cp package.json installed.json')
    await until('the command has run', () => example.inside('api', 'ls').includes('installed.json'))
    expect(example.inside('api', 'cat', 'installed.json')).toContain('2.0.0')
    expect(example.containers('api')).toEqual(before)

    example.edit('api/Dockerfile', '# Changes', 'ENV A=b\n# Changes')
    await dev.printed(/api listens[\s\S]*api listens/)
    await example.answers(8100, 'edited\n')
    expect(example.containers('api')).not.toEqual(before)
    await example.end(dev)
  })

  it('BLD-02, CI-03: a second ci builds nothing and starts nothing', async () => {
    const example = exampleCopy(import.meta.dirname)
    await example.ci()
    const before = example.containers('api')
    expect(await example.ci()).toContain('Image compose-live-update/api is up to date')
    expect(example.containers('api')).toEqual(before)
  })

  it('a container that was live-updated holds what is here at the next start', async () => {
    const example = exampleCopy(import.meta.dirname)
    const first = await example.dev()
    example.write('api/src/greeting.txt', 'B\n')
    await example.answers(8100, 'B\n')
    first.signal('SIGINT')
    await first.finished
    example.write('api/src/greeting.txt', 'hello\n')
    const second = await example.dev()
    await second.printed(/Corrected .*greeting.txt/, 60_000)
    await example.answers(8100, 'hello\n')
  })
})
