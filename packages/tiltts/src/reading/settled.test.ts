import type { UIResource, UIResourceStatus } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { isSettled } from './settled.js'

const time = '2026-01-01T00:00:00Z' as UIResourceStatus['conditions'][number]['lastTransitionTime']
const row = (over: Partial<UIResourceStatus>, ready = true): UIResource =>
  ({
    metadata: { name: 'api' },
    status: {
      updateStatus: 'ok',
      runtimeStatus: 'ok',
      queued: false,
      hasPendingChanges: false,
      triggerMode: 0,
      disableStatus: { state: 'Enabled' },
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: time }],
      ...over,
    },
  }) as UIResource

describe('a resource is settled', () => {
  it('when nothing is on its way and it is ready', () => expect(isSettled(row({}))).toBe(true))

  it.each<[string, Partial<UIResourceStatus>]>([
    ['is queued', { queued: true }],
    ['has pending changes', { hasPendingChanges: true }],
    ['is being built', { currentBuild: { startTime: time, spanID: '' } }],
    ['is to be built', { updateStatus: 'pending' }],
    ['is updated', { updateStatus: 'in_progress' }],
  ])('not while it %s, though what ran before is still ready', (_, over) => expect(isSettled(row(over))).toBe(false))

  it('not before it is ready', () => expect(isSettled(row({}, false))).toBe(false))

  it('when it is off, or nobody has asked for it', () => {
    const off = { ...row({}, false).status.disableStatus, state: 'Disabled' } as const
    expect(isSettled(row({ disableStatus: off, hasPendingChanges: true }, false))).toBe(true)
    expect(isSettled(row({ updateStatus: 'none', runtimeStatus: 'none', triggerMode: 2 }, false))).toBe(true)
    expect(isSettled(row({ updateStatus: 'none', runtimeStatus: 'none', triggerMode: 0 }, false))).toBe(false)
  })

  it('never after a failed update, but for a change that is on its way', () => {
    expect(() => isSettled(row({ updateStatus: 'error', summary: 'exit code 3' }))).toThrow(
      'uiresources/api failed: exit code 3',
    )
    expect(isSettled(row({ updateStatus: 'error', hasPendingChanges: true }))).toBe(false)
  })
})
