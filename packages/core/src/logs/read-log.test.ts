import { describe, expect, it } from 'vitest'
import { readAll, readText, testArchive, testStore } from './log-store.test.support.js'

describe('reading the past', () => {
  it('CLI-34: filters by source and by resource', async () => {
    const logs = testStore()
    logs.append('build:api', 'api build\n')
    logs.append('serve:api', 'api runtime\n')
    logs.append('serve:web', 'web runtime\n')
    logs.append('global', 'of the session\n')
    expect(await readText(logs, { source: 'build' })).toBe('api build\n')
    expect(await readText(logs, { source: 'runtime', resources: ['api', 'web'] })).toBe('api runtime\nweb runtime\n')
    expect(await readText(logs, { source: 'all', resources: ['api'] })).toBe('api build\napi runtime\n')
    expect(await readText(logs, { resources: [''] })).toBe('of the session\n')
    expect(await readText(logs, { resources: ['nobody'] })).toBe('')
  })

  it('CLI-34: the head of an update passes the filters of level and source, not that of resources', async () => {
    const logs = testStore()
    logs.append('build:api', 'Initial build\n', 'info', { buildEvent: 'init' })
    logs.append('build:api', 'info\n')
    logs.append('build:api', 'error: x\n')
    expect(await readText(logs, { minLevel: 'error', resources: ['api'] })).toBe('Initial build\nerror: x\n')
    expect(await readText(logs, { source: 'runtime' })).toBe('Initial build\n')
    expect(await readText(logs, { resources: ['web'] })).toBe('')
  })

  it('CLI-64: filters by the true level of each line, this one and those above it', async () => {
    const logs = testStore()
    logs.append('build:api', 'plain\nwarning: w\nerror: e\n')
    logs.append('build:api', 'detail\n', 'debug')
    expect(await readText(logs, { minLevel: 'error' })).toBe('error: e\n')
    expect(await readText(logs, { minLevel: 'warn' })).toBe('warning: w\nerror: e\n')
    expect(await readText(logs, { minLevel: 'info' })).toBe('plain\nwarning: w\nerror: e\n')
    expect(await readText(logs)).toBe('plain\nwarning: w\nerror: e\ndetail\n')
  })

  it('CLI-64: filters by the true time of each line', async () => {
    const logs = testStore()
    for (let n = 0; n < 10; n++) logs.append('build:api', `${n}\n`)
    expect(await readText(logs, { since: 1_007 })).toBe('7\n8\n9\n')
  })

  it('CLI-62: counts the last lines after all other filters, and cuts inside a chunk', async () => {
    const logs = testStore({ archive: testArchive(), maxBytes: 3_000 })
    for (let n = 0; n < 100; n++) {
      logs.append('build:api', `a${n}\nb${n}\nc${n}\n`)
      logs.append('serve:web', `web ${n}\n`)
    }
    expect(await readText(logs, { tail: 4, resources: ['api'] })).toBe('c98\na99\nb99\nc99\n')
    expect(await readText(logs, { tail: 2, source: 'runtime' })).toBe('web 98\nweb 99\n')
    expect((await readAll(logs, { tail: 1_000 })).reduce((sum, one) => sum + one.count, 0)).toBe(400)
    expect(await readText(logs, { tail: 0 })).toBe('')
    const [cut] = await readAll(logs, { tail: 1, resources: ['api'] })
    expect(cut).toMatchObject({ seq: 398, count: 1 })
  })

  it('CLI-62: finds the last lines of a quiet resource far back in the archive', async () => {
    const logs = testStore({ archive: testArchive(), maxBytes: 20_000 })
    logs.append('build:api', 'error: long ago\n')
    for (let n = 0; n < 300; n++) {
      logs.append('build:api', `${'x\n'.repeat(100)}`)
      logs.append('serve:web', `${'y\n'.repeat(100)}`)
    }
    expect(await readText(logs, { tail: 3, minLevel: 'error' })).toBe('error: long ago\n')
  })

  it('begins at a line inside a chunk', async () => {
    const logs = testStore()
    logs.append('build:api', 'one\ntwo\nthree\n')
    expect(await readAll(logs, { fromSeq: 1 })).toEqual([
      expect.objectContaining({ seq: 1, count: 2, text: 'two\nthree\n' }),
    ])
    expect(await readAll(logs, { fromSeq: 3 })).toEqual([])
    expect(await readAll(logs, { fromSeq: 99 })).toEqual([])
  })
})
