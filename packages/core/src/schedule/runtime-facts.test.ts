import type { Pod, PodContainer } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { at, discovery, kubernetesResource, objectState } from '../status/row.test.support.js'
import { runtimeFacts } from './runtime-facts.js'

const container: PodContainer = {
  name: 'main',
  init: false,
  sidecar: false,
  id: 'containerd://1',
  image: 'shop/web',
  imageId: '',
  ready: true,
  probed: true,
  restarts: 0,
  ports: [],
  state: 'running',
}
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web-1', uid: 'uid-rs' }
const pod = (more: Partial<Pod> = {}): Pod => ({
  name: 'web-1-a',
  namespace: 'shop',
  uid: 'uid-pod',
  createdAt: at(1),
  deleting: false,
  phase: 'Running',
  status: 'Running',
  ready: true,
  owners: [owner],
  labels: {},
  containers: [container],
  ...more,
})
const waiting = (reason: string): Pod => pod({ containers: [{ ...container, state: 'waiting', waiting: { reason } }] })
const containers = (...args: Parameters<typeof discovery>) =>
  runtimeFacts(kubernetesResource('web'), { discovery: discovery(...args) }).containers

describe('what is known of the pods', () => {
  test('HOLD-09: their containers run when all of those do that stay', () => {
    expect(containers({ pods: [pod(), pod({ deleting: true, containers: [] })] })).toBe('running')
    expect(containers({ pods: [pod(), waiting('ContainerCreating')] })).toBe('coming')
  })

  test('HOLD-09: they are on their way before the first was seen, and while nobody knows', () => {
    expect(containers()).toBe('coming')
    expect(containers({ known: false, startedOnce: true })).toBe('coming')
  })

  test('HOLD-09: they are on their way while pods are replaced', () => {
    const [deleting, startedOnce] = [true, true]
    expect(containers({ startedOnce, pods: [pod({ deleting })] })).toBe('coming')
    expect(containers({ startedOnce, objects: [objectState('Deployment', 'progressing')] })).toBe('coming')
  })

  test('HOLD-09: they are down when no others come', () => {
    const [deleting, startedOnce] = [true, true]
    expect(containers({ startedOnce, pods: [pod({ deleting, owners: [] })] })).toBe('down')
    expect(containers({ startedOnce, objects: [objectState('Deployment', 'ready')] })).toBe('down')
    const gone = objectState('Deployment', 'gone')
    expect(containers({ startedOnce, objects: [gone], pods: [pod({ deleting })] })).toBe('down')
  })

  test('LU-11, LU-12: they are down when one crashes again and again, or has ended', () => {
    expect(containers({ pods: [pod(), waiting('CrashLoopBackOff')] })).toBe('down')
    expect(containers({ pods: [pod({ containers: [{ ...container, state: 'terminated' }] })] })).toBe('down')
    expect(containers({ startedOnce: true, pods: [pod({ phase: 'Succeeded' })] })).toBe('down')
  })
})
