import { expect, test } from 'vitest'
import { at, resource, serve, updated } from './row.test.support.js'
import { updateStatus } from './update-status.js'

const triggered = { triggered: { update: 'x-2', at: at(1) } }
const dirty = { pending: [{ reason: 'files' as const }], pendingSince: at(1) }
const serveOnly = { cmd: undefined, serve }

test.each<[string, Parameters<typeof resource>[1], string]>([
  [
    'running, although triggered and failed',
    { status: updated('x', { ...triggered, current: 'x-2', last: 'failed' }) },
    'in_progress',
  ],
  ['triggered after a failure', { status: updated('x', { ...triggered, last: 'failed' }) }, 'pending'],
  ['changed after a success', { status: updated('x', dirty) }, 'pending'],
  ['not started yet', {}, 'pending'],
  ['changed, but manual', { spec: { triggerMode: 'manual' }, status: updated('x', dirty) }, 'ok'],
  ['failed', { status: updated('x', { last: 'failed' }) }, 'error'],
  ['cancelled', { status: updated('x', { last: 'cancelled' }) }, 'error'],
  ['succeeded', { status: updated('x') }, 'ok'],
  ['never asked for', { spec: { autoInit: false } }, 'none'],
  ['serve-only and started', { local: serveOnly, status: updated('x') }, 'not_applicable'],
  ['serve-only and starting', { local: serveOnly, status: { current: 'x-1' } }, 'in_progress'],
  ['disabled', { status: updated('x', { enabled: 'disabled' }) }, 'none'],
])('SCH-06: %s', (_, more, status) => {
  expect(updateStatus({ resource: resource('x', more) })).toBe(status)
})
