import { expect, it } from 'vitest'
import { isRemoteMount } from './mounts.js'

it('knows network and virtual machine mounts, by the nearest folder that exists', () => {
  const typeOf = (path: string): number => {
    if (path === '/' || path === '/home') return 0xef53
    if (path === '/home/shared') return 0x6969
    if (path === '/mnt') return 0x01021997
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
  }
  expect(isRemoteMount('/home/shared/not/yet', typeOf)).toBe(true)
  expect(isRemoteMount('/mnt', typeOf)).toBe(true)
  expect(isRemoteMount('/home/own/not/yet', typeOf)).toBe(false)
})

it('takes the system at its word where it does not say what is mounted', () => {
  const typeOf = (): number => {
    throw Object.assign(new Error('not permitted'), { code: 'EACCES' })
  }
  expect(isRemoteMount('/home', typeOf)).toBe(false)
})
