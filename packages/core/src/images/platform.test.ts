import { describe, expect, it } from 'vitest'
import { contentTag } from './content-tag.js'
import { buildPlatform, platformOf } from './platform.js'

describe('platformOf', () => {
  it.each([
    ['amd64', 'linux/amd64'],
    ['x86_64', 'linux/amd64'],
    ['arm64', 'linux/arm64'],
    ['aarch64', 'linux/arm64'],
    ['arm', 'linux/arm/v7'],
    ['armv7l', 'linux/arm/v7'],
    ['riscv64', 'linux/riscv64'],
    ['ppc64le', 'linux/ppc64le'],
    ['s390x', 'linux/s390x'],
    ['386', 'linux/386'],
    ['mips64le', 'linux/mips64le'],
    ['mips64', 'linux/mips64'],
    ['z80', undefined],
    [undefined, undefined],
  ])('BLD-04: %s runs %s', (arch, platform) => {
    expect(platformOf(arch)).toBe(platform)
  })

  it('DB-05, BLD-04: what the image says wins, then DOCKER_DEFAULT_PLATFORM, then where it runs', () => {
    const all = { image: 'linux/386', environment: 'linux/arm64', arch: 'amd64' }
    expect(buildPlatform(all)).toBe('linux/386')
    expect(buildPlatform({ ...all, image: undefined })).toBe('linux/arm64')
    expect(buildPlatform({ ...all, image: undefined, environment: '' })).toBe('linux/amd64')
    expect(buildPlatform({ image: undefined, environment: undefined, arch: 'z80' })).toBeUndefined()
  })
})

describe('contentTag', () => {
  it('BLD-11: is made of the first sixteen digits of the image id', () => {
    expect(contentTag(`sha256:0123456789abcdef${'f'.repeat(48)}`)).toBe('tilt-0123456789abcdef')
    expect(contentTag('0123456789abcdef0')).toBe('tilt-0123456789abcdef')
  })
})
