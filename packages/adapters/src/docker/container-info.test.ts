import type Dockerode from 'dockerode'
import { describe, expect, it } from 'vitest'
import { containerInfo } from './container-info.js'

const state = {
  Status: 'exited',
  Running: false,
  Paused: false,
  Restarting: false,
  OOMKilled: false,
  Dead: false,
  Pid: 0,
  ExitCode: 3,
  Error: '',
  StartedAt: '2026-01-02T03:04:05.1Z',
  FinishedAt: '2026-01-02T05:04:06.123456789+02:00',
}
const inspected = (more: Partial<typeof state> & { Health?: unknown } = {}): Dockerode.ContainerInspectInfo => {
  const whole = {
    Id: 'abc',
    Name: '/shop-web-1',
    Image: 'sha256:1',
    Created: '2026-01-02T03:04:05Z',
    RestartCount: 2,
    Config: { Labels: null },
    NetworkSettings: {
      Ports: {
        '80/tcp': [{ HostIp: '::', HostPort: '8080' }],
        '53/udp': [{ HostIp: '', HostPort: '53' }],
        '9/tcp': null,
      },
    },
    State: { ...state, ...more },
  }
  // As it comes over the wire: the types know less, and more.
  return whole as unknown as Dockerode.ContainerInspectInfo
}

describe('DC-04: what an engine tells of a container', () => {
  it('is told in our words', () => {
    expect(containerInfo(inspected())).toEqual({
      id: 'abc',
      name: 'shop-web-1',
      imageId: 'sha256:1',
      labels: {},
      createdAt: Date.parse('2026-01-02T03:04:05Z'),
      state: {
        status: 'exited',
        running: false,
        error: '',
        exitCode: 3,
        startedAt: '2026-01-02T03:04:05.100000Z',
        finishedAt: '2026-01-02T03:04:06.123456Z',
        restartCount: 2,
      },
      ports: [
        { containerPort: 80, hostPort: 8080, hostIP: '::', protocol: 'tcp' },
        { containerPort: 53, hostPort: 53, hostIP: '', protocol: 'udp' },
      ],
    })
  })

  it('has no times that never were, and no end while it runs', () => {
    const created = containerInfo(inspected({ StartedAt: '0001-01-01T00:00:00Z', FinishedAt: '0001-01-01T00:00:00Z' }))
    expect([created.state.startedAt, created.state.finishedAt]).toEqual([undefined, undefined])
    expect(containerInfo(inspected({ Running: true })).state.finishedAt).toBeUndefined()
  })

  it('does not run while it waits to be restarted', () => {
    const { state: waiting } = containerInfo(inspected({ Running: true, Restarting: true, Status: 'restarting' }))
    expect(waiting).toMatchObject({ status: 'restarting', running: false, finishedAt: expect.any(String) })
  })

  it('DC-05: has the last words of the health check, at most 4 KB', () => {
    const Log = [{ Output: 'old' }, { Output: `${'x'.repeat(9000)}end` }]
    const { state: sick } = containerInfo(inspected({ Health: { Status: 'unhealthy', Log } }))
    expect(sick.healthStatus).toBe('unhealthy')
    expect(sick.healthOutput).toHaveLength(4096)
    expect(sick.healthOutput).toMatch(/end$/)
    expect(containerInfo(inspected({ Health: { Status: 'none' } })).state.healthStatus).toBeUndefined()
  })
})
