import { describe, expect, it } from 'vitest'
import { didYouMean, nearest } from './nearest.js'

describe('nearest', () => {
  it.each([
    ['comand', ['cmd', 'deps', 'dir'], 'cmd'],
    ['command', ['cmd', 'serveCmd'], 'cmd'],
    ['dependencies', ['deps', 'resourceDeps'], 'deps'],
    ['ResourceDeps', ['resourceDeps'], 'resourceDeps'],
    ['lables', ['labels', 'links'], 'labels'],
    ['tirggerMode', ['triggerMode'], 'triggerMode'],
    ['xyz', ['cmd', 'deps'], undefined],
    ['a', ['cmd'], undefined],
  ])('takes %s among %j for %s', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected)
  })

  it('asks in one sentence, or not at all', () => {
    expect(didYouMean('serve', ['server'])).toBe('Did you mean `server`?')
    expect(didYouMean('zzz', ['server'])).toBeUndefined()
  })
})
