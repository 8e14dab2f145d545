import type { KubernetesDiscoveryStatus, Pod } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { podOf } from '../kubernetes/pod.js'
import { podManifest } from '../kubernetes/pods.test.support.js'
import { readinessOf } from './readiness.js'
import { at, discovery, kubernetesResource, objectState, second, update, updated } from './row.test.support.js'
import { runState } from './run-state.js'
import { runtimeStatus } from './runtime-status.js'
import { resourceTargets } from './session-targets.js'
import { summaryOf } from './summary.js'
import { resourceLimits } from './verdict.js'

type Shown = NonNullable<Parameters<typeof podManifest>[1]>
type More = Parameters<typeof kubernetesResource>[1]

const pod = (shown: Shown = {}, metadata: Record<string, unknown> = {}): Pod => {
  const { name = 'x-1', ...rest } = metadata
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'x', uid: 'uid-x' }
  return podOf(podManifest(String(name), shown, rest), [owner])
}
const ready = { conditions: [{ type: 'Ready', status: 'True' }] }
const waiting = (reason: string, message?: string) => ({ containers: [{ state: { waiting: { reason, message } } }] })
const crashed = (exitCode: number, message?: string) => ({ terminated: { exitCode, reason: 'Error', message } })

const viewOf = (status: Partial<KubernetesDiscoveryStatus> | undefined, more: More = {}) => ({
  resource: kubernetesResource('x', { status: updated('x'), ...more }),
  discovery: status === undefined ? undefined : discovery(status),
  updates: [update('x-1', { phase: 'succeeded', startTime: at(1), finishTime: at(2) })],
})
const state = (status: Partial<KubernetesDiscoveryStatus> | undefined, more: More = {}) => {
  const view = viewOf(status, more)
  const { ready: isReady, expected } = readinessOf(view)
  return `${runtimeStatus(view, second(10))}${isReady ? ', ready' : expected ? ', expected' : ''}`
}
const summary = (status: Partial<KubernetesDiscoveryStatus>, more: More = {}) =>
  summaryOf(viewOf(status, more), second(10))
const error = (status: Partial<KubernetesDiscoveryStatus>, more: More = {}) =>
  resourceTargets(viewOf(status, more)).find(({ name }) => name === 'x:runtime')?.state.terminated?.error

describe('a resource in the cluster', () => {
  test('RDY-02: is not judged before it was applied, nor while the cluster does not answer', () => {
    expect(state({ known: true, pods: [pod(ready)] }, { status: {} })).toBe('unknown')
    expect(state({ known: false, pods: [pod(ready)] })).toBe('unknown')
    expect(state(undefined)).toBe('unknown')
  })

  test('RDY-02: is ready when its rollout is through, not when a single pod is', () => {
    const pods = [pod(ready)]
    expect(state({ objects: [objectState('Deployment', 'ready')], pods })).toBe('ok, ready')
    expect(state({ objects: [objectState('Deployment', 'progressing', '1 of 2 replicas are available')], pods })).toBe(
      'pending, expected',
    )
    expect(
      summary({ objects: [objectState('Deployment', 'progressing', '1 of 2 replicas are available')], pods }),
    ).toBe('1 of 2 replicas are available')
  })

  test('RDY-02: is not ready while a pod has crashed of which its rollout has not heard', () => {
    const objects = [objectState('Deployment', 'ready')]
    const now = (container: object) => state({ objects, pods: [pod({ containers: [{ ...container, ready: false }] })] })
    expect(now({ state: crashed(3) })).toBe('pending, expected')
    expect(now({ state: { running: {} } })).toBe('ok, ready')
  })

  test('CI-05: has to stay ready for two seconds where a container has no readiness probe, whatever that does', () => {
    const soundMs = (pods: readonly Pod[]) => resourceLimits(viewOf({ pods })).soundMs
    const [running, ended] = [pod(ready), pod({ containers: [{ state: crashed(3) }] })]
    const probed = { ...running, containers: running.containers.map((container) => ({ ...container, probed: true })) }
    expect([[running], [ended], [probed, running], [probed], []].map(soundMs)).toEqual([2_000, 2_000, 2_000, 0, 0])
  })

  test('RDY-02: of several rollouts, the one that is worst off speaks', () => {
    const objects = [objectState('Deployment', 'ready'), { ...objectState('StatefulSet', 'progressing'), uid: 'other' }]
    expect(state({ objects })).toBe('pending, expected')
  })

  test('RDY-01: without a rollout, its newest pod that is not going away decides', () => {
    const old = pod({ phase: 'Failed', containers: [{ state: crashed(1) }] }, { name: 'x-0' })
    expect(state({ pods: [pod(ready), old] })).toBe('ok, ready')
    expect(state({ pods: [pod(ready, { deletionTimestamp: 'now' })] })).toBe('pending, expected')
    expect(state({ pods: [] })).toBe('pending, expected')
    expect(state({ pods: [pod({})] })).toBe('pending, expected')
  })

  test('RDY-02: a job is ready once it has succeeded, and fails when it has given up', () => {
    const job = { deploy: { podReadiness: 'succeeded' } } as const
    expect(state({ objects: [objectState('Job', 'complete')] }, job)).toBe('ok, ready')
    expect(state({ objects: [objectState('Job', 'progressing')], pods: [pod(ready)] }, job)).toBe('pending, expected')
    expect(error({ objects: [objectState('Job', 'failed', 'BackoffLimitExceeded')] }, job)).toBe(
      'x: Job x failed: BackoffLimitExceeded',
    )
    expect(state({ pods: [pod(ready)] }, job)).toBe('pending, expected')
    expect(
      state({ pods: [pod({ phase: 'Succeeded', containers: [{ state: { terminated: { exitCode: 0 } } }] })] }, job),
    ).toBe('ok, ready')
  })

  test('CI-12: a failed pod does not fail a job that has tries left', () => {
    const objects = [objectState('Job', 'progressing', 'it runs')]
    const pods = [pod({ phase: 'Failed', containers: [{ state: crashed(1) }] })]
    expect(error({ objects, pods }, { deploy: { podReadiness: 'succeeded' } })).toBeUndefined()
  })

  test.each([
    [
      'ImagePullBackOff',
      'Back-off pulling image "nope"',
      'container c0 cannot pull the image: Back-off pulling image "nope"',
    ],
    [
      'ErrImagePull',
      'rpc error: code = NotFound desc = failed to pull and unpack image "a/b:1": failed to resolve reference "a/b:1": a/b:1: not found',
      'container c0 cannot pull the image: a/b:1: not found',
    ],
    ['ErrImagePull', undefined, 'container c0 cannot pull the image (ErrImagePull)'],
    [
      'CreateContainerConfigError',
      'configmap "a" not found',
      'container c0 cannot be configured: configmap "a" not found',
    ],
  ])('CI-03, RDY-03: %s fails a run at once, in the words of the kubelet', (reason, message, text) => {
    const status = {
      objects: [objectState('Deployment', 'progressing')],
      pods: [pod({ phase: 'Pending', ...waiting(reason, message) })],
    }
    expect(error(status)).toContain(text)
    expect(state(status)).toBe('error, expected')
  })

  test('CI-03, RDY-03: a crash loop fails a run at once, also in a pod that runs, with its last words', () => {
    const containers = [
      { ...waiting('CrashLoopBackOff').containers[0], last: crashed(1, 'boot\nno database\n'), restarts: 1 },
    ]
    const status = { objects: [objectState('Deployment', 'progressing')], pods: [pod({ containers })] }
    expect(error(status)).toContain('container c0 exited with code 1: no database, again and again (restarted once)')
    expect(summary(status)).toContain('no database')
    expect(error(status)).not.toContain('in a row')
  })

  test('CI-03, RDY-03: a crash that the kubelet waits after is told without counting what has not been', () => {
    const containers = [{ ...waiting('CrashLoopBackOff').containers[0], last: crashed(3), restarts: 0 }]
    const status = { objects: [objectState('Deployment', 'progressing')], pods: [pod({ containers })] }
    expect(error(status)).toBe('x: container c0 exited with code 3 (CrashLoopBackOff)')
  })

  test('a first crash is an error of its row, and not yet the end of a run', () => {
    const status = {
      objects: [objectState('Deployment', 'progressing')],
      pods: [pod({ containers: [{ state: crashed(2) }] })],
    }
    expect([state(status), error(status)]).toEqual(['error, expected', undefined])
  })

  test('says why a pod is not there yet', () => {
    const conditions = [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available' },
    ]
    const pods = [pod({ phase: 'Pending', containers: [], conditions })]
    expect(summary({ objects: [objectState('Deployment', 'progressing')], pods })).toBe(
      'Unschedulable: 0/1 nodes are available',
    )
  })

  test('RDY-02: with pods ignored nothing is waited for after the update', () => {
    const ignored = { deploy: { podReadiness: 'ignore' } } as const
    expect(state({}, ignored)).toBe('not_applicable, ready')
    expect(resourceTargets(viewOf({}, ignored)).map(({ name }) => name)).toEqual(['x:update'])
  })

  test("an object of the user's is ready when the user's function says so", () => {
    const judged = { deploy: { podReadiness: 'ignore', readyWhen: { $fn: 'f', hash: 'h' } } } as const
    expect(state({ objects: [objectState('Certificate', 'progressing', 'Issuing')] }, judged)).toBe('pending, expected')
    expect(state({ objects: [objectState('Certificate', 'ready')] }, judged)).toBe('ok, ready')
  })

  test('an object that somebody has deleted is gone', () => {
    expect(state({ objects: [objectState('Deployment', 'gone')] })).toBe('error')
    expect(summary({ objects: [objectState('Deployment', 'gone')] })).toBe(
      'it was deleted from the cluster; trigger it to deploy it again',
    )
  })
})

describe('what an update has started and that ends by itself', () => {
  const run = (status: Partial<KubernetesDiscoveryStatus> | undefined, more: More = {}) => {
    const { state: is, error: why } = runState(viewOf(status, more)) ?? { state: undefined }
    return why === undefined ? is : `${is}: ${why}`
  }

  test('is a Job, whatever stands beside it, until it is complete or has given up', () => {
    const job = (is: Parameters<typeof objectState>[1], message?: string) => [
      objectState('Deployment', 'progressing'),
      objectState('Job', is, message),
    ]
    expect(run({ objects: job('progressing') })).toBe('running')
    expect(run({ objects: job('complete') })).toBe('succeeded')
    expect(run({ objects: job('failed', 'BackoffLimitExceeded') })).toBe('failed: Job x failed: BackoffLimitExceeded')
    expect(run({ objects: job('gone') })).toBe('failed: it was deleted from the cluster before its end')
    expect(run({ objects: job('complete'), known: false })).toBe('running')
  })

  test('has failed when its pods cannot come up at all', () => {
    const pods = [pod({ phase: 'Pending', ...waiting('ErrImagePull', 'not found') })]
    expect(run({ objects: [objectState('Job', 'progressing')], pods })).toBe(
      'failed: container c0 cannot pull the image: not found',
    )
    const retried = [pod({ phase: 'Failed', containers: [{ state: crashed(1) }] })]
    expect(run({ objects: [objectState('Job', 'progressing')], pods: retried })).toBe('running')
  })

  test('is a pod that is to succeed, and nothing that goes on', () => {
    expect(run({ pods: [pod(ready)] }, { deploy: { podReadiness: 'succeeded' } })).toBe('running')
    expect(run({ pods: [pod(ready)], objects: [objectState('Deployment', 'ready')] })).toBeUndefined()
  })

  test('belongs to the last update: there is none while another is under way, or after one that failed', () => {
    const objects = [objectState('Job', 'complete')]
    expect(runState(viewOf({ objects }))?.update).toBe('x-1')
    expect(run({ objects }, { status: updated('x', { current: 'x-2' }) })).toBeUndefined()
    expect(run({ objects }, { status: updated('x', { last: 'failed' }) })).toBeUndefined()
  })
})
