import { describe, expect, it } from 'vitest'
import { logMatcher } from './log-matcher.js'

describe('logMatcher', () => {
  it('matches whole lines, however they are cut', () => {
    const matcher = logMatcher('^ready$', '')
    expect(matcher.push('not rea')).toBe(false)
    expect(matcher.push('dy\nrea')).toBe(false)
    expect(matcher.push('dy\r\n')).toBe(true)
    expect(matcher.match).toBe('ready')
  })

  it('looks at every line anew, also with the flag g', () => {
    const matcher = logMatcher('ready', 'g')
    expect([matcher.push('ready\n'), matcher.push('ready\n'), matcher.push('ready\n')]).toEqual([true, true, true])
  })

  it('sees through colours', () => {
    expect(logMatcher('port 80', '').push('\u001b[1mport\u001b[0m 80\n')).toBe(true)
  })

  it('holds no endless line in memory, and finds what is in it', () => {
    const matcher = logMatcher('needle', '')
    expect(matcher.push('x'.repeat(200_000))).toBe(false)
    expect(matcher.push(`${'y'.repeat(70_000)}needle\n`)).toBe(true)
  })
})
