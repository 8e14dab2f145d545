import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addToKubeconfig, kubeconfigFile } from './kubeconfig.js'
import { announceSession, knownSessions } from './registry.js'
import { sessionToken } from './token.js'

const record = {
  pid: 1,
  port: 1,
  host: 'localhost',
  mainPath: '/x/tilt.config.ts',
  command: 'dev',
  startTime: '',
} as const

describe('a folder of sessions that cannot be used', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tiltts-home-'))
    vi.stubEnv('TILT_DEV_DIR', join(folder, 'dev'))
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is told as that, with the folder and what the system says', () => {
    writeFileSync(join(folder, 'dev'), '')
    const told = expect.objectContaining({
      code: 'session/home-folder',
      message: expect.stringMatching(/\/dev, where sessions find each other, cannot be used: E\w+: /),
    })
    expect(() => sessionToken()).toThrow(told)
    expect(() => announceSession(record)).toThrow(told)
    expect(() => knownSessions()).toThrow(told)
  })

  it('is told, too, where only a file in it cannot be read', () => {
    mkdirSync(join(folder, 'dev/token'), { recursive: true })
    expect(() => sessionToken()).toThrow(expect.objectContaining({ code: 'session/home-folder' }))
  })

  it('is told of a kubeconfig by its own name', async () => {
    writeFileSync(join(folder, 'dev'), '')
    const entry = { name: 'tilt-1', port: 1, certificate: '', token: 't' }
    await expect(addToKubeconfig(kubeconfigFile(), entry)).rejects.toMatchObject({
      code: 'session/kubeconfig',
      message: expect.stringMatching(/\/dev\/config cannot be changed, so clients of Kubernetes .*: E\w+: /),
    })
  })
})
