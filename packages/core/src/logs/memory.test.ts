import { describe, expect, it } from 'vitest'
import { readAll, readText, testArchive, testStore } from './log-store.test.support.js'

const line = (n: number): string => `${String(n).padEnd(99, '.')}\n`

describe('bounded memory', () => {
  it('LOG-03: a chatty resource pushes out its own lines, never those of the others', async () => {
    const logs = testStore({ maxBytes: 100_000, resources: ['api', 'chatty'] })
    for (let n = 0; n < 50; n++) logs.append('build:api', line(n))
    for (let n = 0; n < 10_000; n++) logs.append('serve:chatty', line(n))
    expect(logs.tail('api', 1_000)).toHaveLength(50)
    expect(await readText(logs, { resources: ['api'] })).toBe(Array.from({ length: 50 }, (_, n) => line(n)).join(''))
    const left = logs.tail('chatty', 100_000)
    expect(left.length).toBeGreaterThan(200)
    expect(left.length).toBeLessThan(350)
    expect(left.at(-1)?.message).toBe(line(9_999).trimEnd())
  })

  it('LOG-03: many chatty resources share the memory alike', () => {
    const resources = Array.from({ length: 20 }, (_, n) => `r${n}`)
    const logs = testStore({ maxBytes: 200_000, resources })
    for (let n = 0; n < 500; n++) for (const resource of resources) logs.append(`serve:${resource}`, line(n))
    const counts = resources.map((resource) => logs.tail(resource, 100_000).length)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(Math.ceil(Math.max(...counts) / 4))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500)
  })

  it('LOG-03: what memory gives up is read from the archive, so that nothing is lost', async () => {
    const logs = testStore({ archive: testArchive(), maxBytes: 10_000, resources: ['api', 'web', 'chatty'] })
    let expected = ''
    for (let n = 0; n < 500; n++) {
      const name = n % 50 === 0 ? 'api' : n % 77 === 0 ? 'web' : 'chatty'
      logs.append(`serve:${name}`, line(n))
      expected += line(n)
    }
    expect(logs.tail('chatty', 1_000).length).toBeLessThan(50)
    expect(await readText(logs)).toBe(expected)
    expect(logs.firstSeq).toBe(0)
  })

  it('holds no single segment that is larger than all of it', async () => {
    const logs = testStore({ archive: testArchive(), maxBytes: 1_000 })
    logs.append('build:api', 'x\n'.repeat(2_000))
    expect(logs.tail('api', 10)).toEqual([])
    expect(await readText(logs)).toBe('x\n'.repeat(2_000))
  })

  it('says with one line how many are missing when the archive dropped its oldest', async () => {
    const archive = testArchive()
    const logs = testStore({ archive, maxBytes: 10_000, resources: ['api', 'chatty'] })
    logs.append('build:api', 'quiet but held\n')
    for (let n = 1; n < 300; n++) logs.append('serve:chatty', line(n))
    archive.dropBefore(200)
    const [first, second, third] = await readAll(logs)
    expect(first).toMatchObject({ seq: 0, text: 'quiet but held\n' })
    expect(second).toMatchObject({
      seq: 1,
      count: 1,
      level: 'warn',
      own: true,
      fields: { gap: true },
      span: { resource: '' },
      text: '199 lines are missing here: the oldest were dropped to keep the log within its limit\n',
    })
    expect(third).toMatchObject({ seq: 200 })
    expect(logs.firstSeq).toBe(0)
    expect((await readAll(logs, { resources: ['chatty'], minLevel: 'error' })).map((one) => one.text)).toEqual([
      '199 lines are missing here: the oldest were dropped to keep the log within its limit\n',
    ])
    expect((await readAll(logs, { resources: ['api'] })).map((one) => one.text)).toEqual(['quiet but held\n'])
    expect((await readAll(logs, { tail: 10 })).map((one) => one.seq)).toEqual([
      290, 291, 292, 293, 294, 295, 296, 297, 298, 299,
    ])
    expect((await readAll(logs, { since: 1_250 }))[0]?.seq).toBe(250)
  })

  it('says so too when there is no archive, and when the archive could take no more', async () => {
    const bare = testStore({ maxBytes: 10_000 })
    for (let n = 0; n < 300; n++) bare.append('serve:api', line(n))
    const held = bare.tail('api', 1_000).length
    expect((await readAll(bare))[0]?.text).toMatch(`${300 - held} lines are missing here: the oldest were dropped`)
    expect(bare.firstSeq).toBe(300 - held)

    const archive = testArchive()
    const logs = testStore({ archive, maxBytes: 10_000 })
    for (let n = 0; n < 100; n++) logs.append('serve:api', line(n))
    archive.fill()
    for (let n = 100; n < 300; n++) logs.append('serve:api', line(n))
    const segments = await readAll(logs)
    const newest = logs.tail('api', 1_000).length
    expect(segments[100]?.text).toBe(`${200 - newest} lines are missing here: they could not be kept on disk\n`)
    expect(segments).toHaveLength(100 + 1 + newest)
  })
})
