import { describe, expect, test } from 'vitest'
import { at, second } from '../status/row.test.support.js'
import { wantsUpdate } from './candidate.js'
import {
  changed,
  filesChanged,
  initialResourceStatus,
  switched,
  triggered,
  updateEnded,
  updateStarted,
  updateTakenBack,
} from './resource-transitions.js'

const fresh = initialResourceStatus(true)
const auto = { autoInit: true, triggerMode: 'auto' } as const
const idle = updateEnded(updateStarted(fresh, 'x-1'), 'x-1', 'succeeded')

describe('pending changes', () => {
  test('SCH-03: file changes, a dependency and a changed definition all wait for the next update', () => {
    const status = changed(
      changed(
        filesChanged(idle, { files: ['/a'], at: second(9) }),
        { reason: 'dependency', resource: 'db' },
        second(4),
      ),
      { reason: 'config' },
      second(6),
    )
    expect(status.pending).toEqual([
      { reason: 'files', files: ['/a'], fileCount: 1 },
      { reason: 'dependency', resource: 'db' },
      { reason: 'config' },
    ])
    expect(status.pendingSince).toBe(at(4))
    expect(wantsUpdate(auto, status)).toBe(true)
  })

  test.each(['succeeded', 'failed'] as const)(
    'SCH-04: an update that %s has consumed what waited when it began',
    (outcome) => {
      const before = filesChanged(idle, { files: ['/a'], at: second(1) })
      const after = updateEnded(updateStarted(before, 'x-2'), 'x-2', outcome)
      expect(after).toMatchObject({ pending: [], last: outcome, history: ['x-2', 'x-1'] })
      expect(after.pendingSince).toBeUndefined()
      expect(wantsUpdate(auto, after)).toBe(false)
    },
  )

  test('SCH-04: any number of changes during an update queue exactly one more', () => {
    let status = updateStarted(idle, 'x-2')
    for (const file of ['/a', '/b', '/a']) status = filesChanged(status, { files: [file], at: second(5) })
    status = updateEnded(status, 'x-2', 'succeeded')
    expect(status.pending).toEqual([{ reason: 'files', files: ['/a', '/b'], fileCount: 2 }])
    expect(wantsUpdate(auto, status)).toBe(true)
    expect(wantsUpdate(auto, updateEnded(updateStarted(status, 'x-3'), 'x-3', 'succeeded'))).toBe(false)
  })

  test('SCH-05: a change from before the running update, of a file it was started for, is dropped', () => {
    const running = { startedAt: second(5), causes: [{ reason: 'files' as const, files: ['/a'] }] }
    const status = updateStarted(idle, 'x-2')
    expect(filesChanged(status, { files: ['/a'], at: second(4) }, running)).toBe(status)
    expect(filesChanged(status, { files: ['/a', '/b'], at: second(4) }, running).pending).toEqual([
      { reason: 'files', files: ['/b'], fileCount: 1 },
    ])
    expect(filesChanged(status, { files: ['/a'], at: second(6) }, running).pending).toHaveLength(1)
  })
})

describe('all pending files', () => {
  const change = (status: ReturnType<typeof filesChanged>, ...files: readonly string[]) =>
    filesChanged(status, { files, at: second(1) }, undefined, true)

  test('are kept sorted, each once, where images are built of them', () => {
    const status = change(change(change(idle, '/c', '/a', '/c'), '/b', '/d'), '/a', '/0')
    expect(status.pendingFiles).toEqual(['/0', '/a', '/b', '/c', '/d'])
    expect(filesChanged(idle, { files: ['/a'], at: second(1) }).pendingFiles).toBeUndefined()
  })

  test('are kept beyond the hundred that a cause names', () => {
    const files = Array.from({ length: 250 }, (_, n) => `/f${String(n).padStart(3, '0')}`)
    const status = change(idle, ...files.toReversed())
    expect(status.pendingFiles).toEqual(files)
    expect(status.pending[0]?.files).toHaveLength(100)
  })

  test('are taken in by the update that starts, and those of a disabled resource by nobody', () => {
    expect(updateStarted(change(idle, '/a'), 'x-2').pendingFiles).toBeUndefined()
    expect(change(initialResourceStatus(false), '/a').pendingFiles).toBeUndefined()
  })

  test('SCH-05: a late report of any of them is dropped, also beyond those that its cause names', () => {
    const running = { startedAt: second(5), causes: [{ reason: 'files' as const, files: ['/a'] }], files: ['/a', '/z'] }
    const status = updateStarted(idle, 'x-2')
    expect(filesChanged(status, { files: ['/z'], at: second(4) }, running, true)).toBe(status)
  })
})

describe('an update that is taken back', () => {
  const asked = triggered(filesChanged(idle, { files: ['/b'], at: second(3) }, undefined, true), 'x-2', second(4))

  test('waits again for what it was started for, together with what has changed since', () => {
    const meanwhile = filesChanged(updateStarted(asked, 'x-2'), { files: ['/a'], at: second(7) }, undefined, true)
    const back = updateTakenBack(meanwhile, 'x-2', asked)
    expect(back).toMatchObject({
      pending: [{ reason: 'files', files: ['/b', '/a'], fileCount: 2 }],
      pendingSince: at(3),
      pendingFiles: ['/a', '/b'],
      triggered: { update: 'x-2' },
      queued: 'x-2',
      last: 'succeeded',
      history: ['x-1'],
    })
    expect(back.current).toBeUndefined()
    expect(wantsUpdate(auto, back)).toBe(true)
  })

  test('leaves a first update a first update', () => {
    const back = updateTakenBack(updateStarted(fresh, 'x-1'), 'x-1', fresh)
    expect(back).toMatchObject({ started: false, pending: [], queued: 'x-1' })
    expect(wantsUpdate(auto, back)).toBe(true)
  })

  test('gives way to one that was asked for meanwhile', () => {
    const meanwhile = { ...triggered(updateStarted(asked, 'x-2'), 'x-3', second(8)), queued: 'x-3' }
    expect(updateTakenBack(meanwhile, 'x-2', asked)).toMatchObject({ triggered: { update: 'x-3' }, queued: 'x-3' })
  })

  test('takes the place of one that was queued for changes alone', () => {
    const queued = { ...filesChanged(updateStarted(asked, 'x-2'), { files: ['/a'], at: second(7) }), queued: 'x-3' }
    expect(updateTakenBack(queued, 'x-2', asked).queued).toBe('x-2')
  })

  test('LU-15: keeps in mind why its changes did not fit into containers, until the next one starts', () => {
    const back = updateTakenBack(updateStarted(asked, 'x-2'), 'x-2', asked, 'read-only')
    expect(back.fallback).toBe('read-only')
    const again = updateStarted(back, 'x-2')
    expect(again.fallback).toBeUndefined()
    expect(updateTakenBack(again, 'x-2', back).fallback).toBe('read-only')
  })

  test('is left alone when it is not the one that runs', () => {
    const running = updateStarted(idle, 'x-3')
    expect(updateTakenBack(running, 'x-2', idle)).toBe(running)
  })
})

describe('triggers', () => {
  test('TRIG-05: asking again before the update starts changes nothing, asking during it queues one more', () => {
    const once = triggered(idle, 'x-2', second(1))
    expect(triggered(once, 'x-3', second(2))).toBe(once)
    const running = updateStarted(once, 'x-2')
    expect(running.triggered).toBeUndefined()
    expect(triggered(running, 'x-3', second(3)).triggered).toEqual({ update: 'x-3', at: at(3) })
  })

  test('a trigger lets a paused resource go on, and starts a stopped server again', () => {
    const paused = { ...idle, paused: { file: 'f', since: at(1) }, stopped: true }
    const asked = triggered(paused, 'x-2', second(2))
    expect(asked.paused).toBeUndefined()
    expect(updateStarted(asked, 'x-2').stopped).toBeUndefined()
  })
})

describe('ends', () => {
  test('the end of an update that is no longer the current one is dropped', () => {
    const second = updateStarted(idle, 'x-2')
    expect(updateEnded(second, 'x-1', 'failed')).toBe(second)
  })

  test('LU-09: a failed command in a container is remembered until the next update ends', () => {
    const failed = updateEnded(updateStarted(idle, 'x-2'), 'x-2', 'failed', true)
    expect(failed).toMatchObject({ last: 'failed', liveStepFailed: true })
    expect(updateEnded(updateStarted(failed, 'x-3'), 'x-3', 'failed')).not.toHaveProperty('liveStepFailed')
  })

  test('the newest ten are remembered, and that one ever succeeded', () => {
    let status = fresh
    for (let n = 1; n <= 12; n++)
      status = updateEnded(updateStarted(status, `x-${n}`), `x-${n}`, n === 1 ? 'succeeded' : 'failed')
    expect(status.history).toHaveLength(10)
    expect(status.history[0]).toBe('x-12')
    expect(status).toMatchObject({ last: 'failed', succeededOnce: true })
  })
})

describe('switching', () => {
  test('a resource that was switched off and on again is as if never built', () => {
    const off = switched(triggered(idle, 'x-2', second(1)), false)
    expect(off).toEqual(initialResourceStatus(false))
    expect(switched(off, true)).toEqual(fresh)
    expect(switched(idle, true)).toBe(idle)
  })

  test('a disabled resource takes neither changes nor triggers', () => {
    const off = initialResourceStatus(false)
    expect(changed(off, { reason: 'config' }, second(1))).toBe(off)
    expect(triggered(off, 'x-1', second(1))).toBe(off)
  })
})
