import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { agentArgv, wrapArgv } from './helper-argv.js'
import { helperChecksum, helperFile } from './helper-file.js'

describe.each([
  ['amd64', 0x3e],
  ['arm64', 0xb7],
] as const)('the helper for %s', (arch, machine) => {
  const bytes = readFileSync(helperFile(arch))

  it('has the checksum that is told of it', () => {
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(helperChecksum(arch))
  })

  it('is a program for that processor, which needs no loader and no library', () => {
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('\x7fELF')
    expect(bytes.readUInt16LE(18)).toBe(machine)
    const headers = Number(bytes.readBigUInt64LE(32))
    const types = Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => bytes.readUInt32LE(headers + index * 56))
    const dynamic = 2
    const interpreter = 3
    expect(types).not.toContain(dynamic)
    expect(types).not.toContain(interpreter)
  })
})

describe('the commands', () => {
  it('put the helper in front of a command, with what is asked of it', () => {
    expect(wrapArgv(['node', '--', 'a b'])).toEqual(['/.tiltts/helper', 'wrap', '--', 'node', '--', 'a b'])
    expect(wrapArgv(['app'], { onExit: 'stay', graceMs: 0 })).toEqual([
      '/.tiltts/helper',
      'wrap',
      '--on-exit=stay',
      '--grace=0ms',
      '--',
      'app',
    ])
    expect(agentArgv()).toEqual(['/.tiltts/helper', 'agent'])
  })
})
