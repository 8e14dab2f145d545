import { describe, expect, it } from 'vitest'
import { engineFacts } from './engine-facts.js'

const docker = { Version: '26.1.5', ApiVersion: '1.45', MinAPIVersion: '1.24', Arch: 'arm64', Os: 'linux' }

describe('an engine', () => {
  it('is spoken to in the newest version that both know', () => {
    expect(engineFacts(docker, undefined).apiVersion).toBe('1.45')
    expect(engineFacts({ ...docker, ApiVersion: '1.99' }, undefined).apiVersion).toBe('1.47')
  })

  it('is spoken to as DOCKER_API_VERSION says', () => {
    expect(engineFacts(docker, '1.41').apiVersion).toBe('1.41')
    expect(engineFacts(docker, 'v1.42').apiVersion).toBe('1.42')
  })

  it('can be Podman', () => {
    const podman = { ...docker, ApiVersion: '1.41', Components: [{ Name: 'Podman Engine', Version: '5.2.0' }] }
    expect(engineFacts(podman, undefined)).toEqual({
      version: '5.2.0',
      apiVersion: '1.41',
      flavour: 'podman',
      arch: 'arm64',
      os: 'linux',
    })
  })
})
