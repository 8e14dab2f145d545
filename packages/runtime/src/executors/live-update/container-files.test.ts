import type { Json } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { fakeRecords } from '../../testing/fake-records.js'
import { syncedContainers } from './container-files.js'

const touched = { localPath: '/src/a', containerPath: '/app/a' }
const isKept = (value: Json | undefined): boolean => value !== undefined && value !== null

describe('what is known of folders in a container', () => {
  it('is what came from here: of the image, or synced since', async () => {
    const image = { '/src': 'folder', '/src/d': 'folder', '/src/d/a': 'aa 644', '/src/dd': 'bb 644' }
    const known = await syncedContainers(fakeRecords(), 'p').of('one', image)
    expect(['/src/d', '/src/d/a', '/src/new'].map(known.holdsFolder)).toEqual([true, false, false])
    known.synced('/src/d/b', 'cc', 0o644)
    known.synced('/src/d/a', undefined)
    known.synced('/src/new', 'folder')
    expect(known.holdsFolder('/src/new')).toBe(true)
    expect(known.heldBelow(new Set(['/src/d']))).toEqual(['/src/d/b'])
    known.synced('/src/d', undefined)
    expect(known.holdsFolder('/src/d')).toBe(false)
    expect(known.holds('/src/d', undefined)).toBe(true)
  })
})

describe('what is kept of containers', () => {
  it('is forgotten when the container is gone, in this session', async () => {
    const records = fakeRecords()
    const synced = syncedContainers(records, 'p')
    await synced.meet('api', ['one', 'two'])
    for (const id of ['one', 'two']) await (await synced.of(id, {})).willTouch([touched])
    await synced.meet('api', ['two', 'three'])
    expect(isKept(await records.get('container:p:one'))).toBe(false)
    expect(isKept(await records.get('container:p:two'))).toBe(true)
    expect(await synced.touched('one')).toEqual([])
  })

  it('is forgotten by the next session when the container went between the two', async () => {
    const records = fakeRecords()
    const first = syncedContainers(records, 'p')
    await first.meet('api', ['one', 'two'])
    for (const id of ['one', 'two']) await (await first.of(id, {})).willTouch([touched])
    const second = syncedContainers(records, 'p')
    await second.meet('api', ['two'])
    expect(isKept(await records.get('container:p:one'))).toBe(false)
    expect(await second.touched('two')).toEqual([touched])
  })
})
