import { describe, expect, it } from 'vitest'
import { podOf } from './pod.js'
import { podManifest } from './pods.test.support.js'

const running = { state: { running: { startedAt: '2026-01-01T00:00:00Z' } }, ready: true }
const waiting = (reason: string) => ({ state: { waiting: { reason, message: `${reason}!` } } })
const ended = (exitCode: number, reason = '', signal?: number) => ({
  state: { terminated: { exitCode, reason, ...(signal !== undefined && { signal }) } },
})
const isReady = [{ type: 'Ready', status: 'True' }]

describe('the status of a pod', () => {
  it.each([
    ['Running', { conditions: isReady }, {}],
    ['ContainerCreating', { phase: 'Pending', containers: [waiting('ContainerCreating')] }, {}],
    ['CrashLoopBackOff', { containers: [waiting('CrashLoopBackOff')] }, {}],
    ['ImagePullBackOff', { phase: 'Pending', containers: [running, waiting('ImagePullBackOff')] }, {}],
    ['Completed', { phase: 'Succeeded', containers: [ended(0, 'Completed')] }, {}],
    ['Error', { phase: 'Failed', containers: [ended(1, 'Error')] }, {}],
    ['ExitCode:3', { phase: 'Failed', containers: [ended(3)] }, {}],
    ['Signal:9', { phase: 'Failed', containers: [ended(137, '', 9)] }, {}],
    ['Running', { containers: [ended(0, 'Completed'), running], conditions: isReady }, {}],
    ['NotReady', { containers: [ended(0, 'Completed'), running] }, {}],
    ['Evicted', { phase: 'Failed', reason: 'Evicted', containers: [] }, {}],
    ['Terminating', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }],
    ['Unknown', { reason: 'NodeLost' }, { deletionTimestamp: '2026-01-01T00:00:00Z' }],
    [
      'Init:0/2',
      { phase: 'Pending', init: [running, waiting('PodInitializing')], containers: [waiting('PodInitializing')] },
      {},
    ],
    ['Init:1/2', { phase: 'Pending', init: [ended(0), running], containers: [waiting('PodInitializing')] }, {}],
    ['Init:Error', { phase: 'Pending', init: [ended(1, 'Error')], containers: [waiting('PodInitializing')] }, {}],
    [
      'Init:CrashLoopBackOff',
      { phase: 'Pending', init: [waiting('CrashLoopBackOff')], containers: [waiting('PodInitializing')] },
      {},
    ],
    ['Running', { init: [{ ...running, sidecar: true }], conditions: isReady }, {}],
    [
      'SchedulingGated',
      {
        phase: 'Pending',
        containers: [],
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      },
      {},
    ],
    ['Pending', { phase: 'Pending', containers: [] }, {}],
  ])('RDY-05: %s, as kubectl shows it', (status, shown, metadata) => {
    expect(podOf(podManifest('a', shown, metadata), []).status).toBe(status)
  })

  it('RDY-05: keeps what the kubelet says of a container, and how the run before it ended', () => {
    const crash = {
      terminated: { exitCode: 1, reason: 'Error', message: 'no db\n', finishedAt: '2026-01-01T00:00:09Z' },
    }
    const pod = podOf(
      podManifest('a', { containers: [{ ...waiting('CrashLoopBackOff'), last: crash, restarts: 4 }] }),
      [],
    )
    expect(pod.containers[0]).toMatchObject({
      restarts: 4,
      state: 'waiting',
      waiting: { reason: 'CrashLoopBackOff', message: 'CrashLoopBackOff!' },
      lastEnd: { exitCode: 1, message: 'no db', finishedAt: '2026-01-01T00:00:09Z' },
    })
  })

  it('DISC-04: the image of a container is that of the spec, whatever the status shows', () => {
    expect(podOf(podManifest('a'), []).containers[0]?.image).toBe('shop/web')
  })

  it('says why a pod is not scheduled', () => {
    const conditions = [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available' },
    ]
    const { problem } = podOf(podManifest('a', { phase: 'Pending', containers: [], conditions }), [])
    expect(problem).toEqual({ reason: 'Unschedulable', message: '0/1 nodes are available' })
  })
})
