import type { SessionRecord } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { findSession } from './find-session.js'

const session = (port: number, mainPath: string): SessionRecord => ({
  pid: port,
  port,
  host: 'localhost',
  mainPath,
  command: 'dev',
  startTime: '',
})
const shop = session(1, '/work/shop/tilt.config.ts')
const blog = session(2, '/work/blog/tilt.config.ts')
const find = (known: readonly SessionRecord[], cwd: string, port?: number): number =>
  findSession(known, { port, host: undefined, cwd }).port

describe('which session is meant', () => {
  it('is the one at the port that was named, also when it is not known', () => {
    expect(find([shop, blog], '/work/shop', 2)).toBe(2)
    expect(find([], '/', 9)).toBe(9)
  })

  it('else the one of the nearest config folder above', () => {
    expect(find([shop, blog], '/work/shop/src/deep')).toBe(1)
    expect(find([shop, session(3, '/work/tilt.config.ts')], '/work/shop/src')).toBe(1)
    expect(find([shop, session(3, '/work/tilt.config.ts')], '/work/other')).toBe(3)
  })

  it('is looked for at the host that was named, whatever the list says', () => {
    const choice = { port: undefined, host: '10.0.0.5', cwd: '/work/shop' }
    expect(findSession([shop, blog], choice)).toEqual({ host: '10.0.0.5', port: 1 })
    expect(findSession([shop], { ...choice, cwd: '/' })).toEqual({ host: '10.0.0.5', port: 1 })
  })

  it('else the only one', () => expect(find([shop], '/elsewhere')).toBe(1))

  it('else has to be said, with the choices', () => {
    expect(() => find([shop, blog], '/elsewhere')).toThrow(/--port 1 {2}\/work\/shop[\s\S]*--port 2/)
    expect(() => find([shop, session(4, '/work/shop/other.config.ts')], '/work/shop')).toThrow(/--port 4/)
  })

  it('is none when none runs', () => expect(() => find([], '/')).toThrow('No session is running'))
})
