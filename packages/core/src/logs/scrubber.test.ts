import { describe, expect, it } from 'vitest'
import { createScrubber } from './scrubber.js'

const password = { value: 'hunter22', replacement: '[redacted secret db:password]' }

function scrubberOf(...values: readonly string[]): (text: string) => string {
  const scrubber = createScrubber()
  scrubber.add(values.map((value) => ({ value, replacement: '***' })))
  return scrubber.scrub
}

describe('scrubbing of secrets', () => {
  it('SEC-01: puts the replacement in the place of the value, wherever it stands', () => {
    const scrubber = createScrubber()
    scrubber.add([password])
    expect(scrubber.scrub('hunter22 a=hunter22&b xhunter22x\n')).toBe(
      '[redacted secret db:password] a=[redacted secret db:password]&b x[redacted secret db:password]x\n',
    )
  })

  it('SEC-01: finds the value in base64, padded or not, in both alphabets, and with the line end that echo adds', () => {
    const scrub = scrubberOf('hunter22', 'schlüssel>>>???')
    for (const value of ['hunter22', 'hunter22\n', 'schlüssel>>>???', 'schlüssel>>>???\n']) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const encoded = Buffer.from(value).toString(encoding)
        expect(scrub(`token: ${encoded};`)).toBe('token: ***;')
        expect(scrub(`token: ${encoded.replace(/=+$/, '')};`)).toBe('token: ***;')
      }
    }
  })

  it('SEC-01: leaves values shorter than 5 bytes alone', () => {
    const scrub = scrubberOf('root', '1', '', 'é€')
    expect(scrub('root 1 é€ cm9vdA==')).toBe('root 1 *** cm9vdA==')
  })

  it('SEC-01: finds each line of a value of several lines, but not lines that say nothing', () => {
    const key = '-----BEGIN KEY-----\nabcdefgh\r\n  ijklmnop\n}\n-----END KEY-----\n'
    const scrub = scrubberOf(key)
    expect(scrub('-----BEGIN KEY-----\n  abcdefgh\nijklmnop\n}\n-----END KEY-----\n')).toBe(
      '-----BEGIN KEY-----\n  ***\n***\n}\n-----END KEY-----\n',
    )
    expect(scrub(JSON.stringify({ key }))).not.toMatch(/abcdefgh|ijklmnop/)
    expect(scrub(Buffer.from(key).toString('base64'))).toBe('***')
  })

  it('finds a value in the form that it has inside a JSON string', () => {
    expect(scrubberOf('pass"word\\1')(JSON.stringify({ p: 'pass"word\\1' }))).toBe('{"p":"***"}')
  })

  it('takes a value literally, whatever characters it has', () => {
    const value = '^a+[b].*(c)|d{1}\\e/-$&$1'
    expect(scrubberOf(value)(`x${value}x`)).toBe('x***x')
    expect(scrubberOf('hunter22', 'xxxxx').call(undefined, 'a.b')).toBe('a.b')
    const scrubber = createScrubber()
    scrubber.add([{ value: 'hunter22', replacement: '$& $1' }])
    expect(scrubber.scrub('hunter22')).toBe('$& $1')
  })

  it('replaces the longer of two values that begin alike', () => {
    expect(scrubberOf('hunter22', 'hunter22-and-more')('hunter22-and-more hunter22')).toBe('*** ***')
  })

  it('keeps a replacement on one line', () => {
    const scrubber = createScrubber()
    scrubber.add([{ value: 'hunter22', replacement: '[a\nb]' }])
    expect(scrubber.scrub('x hunter22\n')).toBe('x [a b]\n')
  })

  it('does not scrub the name of one secret in the replacement of another', () => {
    const scrubber = createScrubber()
    scrubber.add([password, { value: 'password', replacement: '[redacted secret db:kind]' }])
    expect(scrubber.scrub('hunter22 password')).toBe('[redacted secret db:password] [redacted secret db:kind]')
  })

  it('SEC-02: knows a value for good, and tells new ones from known ones', () => {
    const scrubber = createScrubber()
    expect(scrubber.add([password])?.('hunter22')).toBe('[redacted secret db:password]')
    expect(scrubber.add([password])).toBeUndefined()
    const fresh = scrubber.add([{ value: 'letmein', replacement: '***' }])
    expect(fresh?.('hunter22 letmein')).toBe('hunter22 ***')
    scrubber.add([])
    expect(scrubber.scrub('hunter22 letmein')).toBe('[redacted secret db:password] ***')
  })

  it('takes a value of a megabyte', () => {
    const value = 'k'.repeat(1_000_000)
    expect(scrubberOf(value)(`a${value}b`) === 'a***b').toBe(true)
  })

  it('takes thousands of values', () => {
    const values = Array.from({ length: 5_000 }, (_, n) => `${(n * 7919) % 99_991}: a value of many, and rather long`)
    expect(scrubberOf(...values)(`x ${values[4_321]} y ${values[0]}`)).toBe('x *** y ***')
  })
})

describe('the safe end of unfinished text', () => {
  it('is its end when nothing is secret', () => {
    expect(createScrubber().safeEnd('abc')).toBe(3)
  })

  it('leaves out what could be the beginning of a value', () => {
    const scrubber = createScrubber()
    scrubber.add([password])
    const text = `${'x'.repeat(100)}hunter2`
    expect(scrubber.safeEnd(text)).toBeLessThanOrEqual(100)
  })

  it('never lies inside a value, wherever the text is cut', () => {
    const scrubber = createScrubber()
    scrubber.add([password, { value: 'hunter22-and-more', replacement: '***' }])
    const whole = `${'-'.repeat(40)}hunter22${'-'.repeat(7)}hunter22-and-more${'-'.repeat(40)}`
    for (let cut = 0; cut <= whole.length; cut++) {
      const end = scrubber.safeEnd(whole.slice(0, cut))
      expect(scrubber.scrub(whole.slice(0, end)) + scrubber.scrub(whole.slice(end))).toBe(scrubber.scrub(whole))
    }
  })
})
