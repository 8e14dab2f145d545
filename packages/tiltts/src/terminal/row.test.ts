import type { UIResource } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { rowOf, shortDuration } from './row.js'

describe('a duration', () => {
  it.each([
    [0, '0ms'],
    [85.4, '85ms'],
    [999, '999ms'],
    [1000, '1.0s'],
    [59_900, '59.9s'],
    [125_000, '2m05s'],
    [3_725_000, '1h02m'],
  ])('of %d ms reads %s', (ms, text) => expect(shortDuration(ms)).toBe(text))
})

describe('a row', () => {
  const ui = (status: Partial<UIResource['status']>): UIResource =>
    ({
      metadata: { name: 'api' },
      status: {
        updateStatus: 'ok',
        runtimeStatus: 'ok',
        buildHistory: [],
        endpointLinks: [],
        disableStatus: {},
        ...status,
      },
    }) as never

  it('tells health and links of what is ready', () => {
    const links = [{ url: 'http://localhost:8080/', name: '' }]
    expect(rowOf(ui({ endpointLinks: links }), 0, { healthy: true })).toMatchObject({
      state: 'ready',
      detail: 'healthy  http://localhost:8080/',
    })
  })

  it('is done, not ready, when its containers had something to do and have done it', () => {
    expect(rowOf(ui({}), 0, { finished: true }).state).toBe('done')
  })

  it('tells the step of a build rather than the reason of the update', () => {
    const updating = ui({ updateStatus: 'in_progress', summary: 'updating (Initial Build)' })
    expect(rowOf(updating, 0, { building: 'building shop/api: [2/4] RUN npm ci' }).detail).toBe(
      'building shop/api: [2/4] RUN npm ci',
    )
    expect(rowOf(updating, 0).detail).toBe('updating (Initial Build)')
  })
})
