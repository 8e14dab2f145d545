import { type KubernetesDiscoveryStatus, type Pod, toApiTime } from '@tiltts/spec'
import { expect, it } from 'vitest'
import { podLines } from './pod-lines.js'

const full = '0/1 nodes are available: 1 Insufficient cpu.'
const pending = (createdAt: number, problem: Pod['problem']): Pod => ({
  name: 'web-1',
  namespace: 'shop',
  uid: 'u1',
  createdAt: toApiTime(createdAt),
  deleting: false,
  phase: 'Pending',
  status: 'Pending',
  ready: false,
  owners: [],
  labels: {},
  containers: [],
  problem,
})
const status = (...pods: readonly Pod[]): KubernetesDiscoveryStatus => ({
  known: true,
  pods,
  objects: [],
  urls: [],
  forbidden: [],
  startedOnce: false,
  completedOnce: false,
})
const texts = (before: KubernetesDiscoveryStatus, after: KubernetesDiscoveryStatus): readonly string[] =>
  podLines(before, after, { resource: 'web', since: 100_000, updating: false }).map(({ text }) => text)

it('RDY-01: says once what keeps a pod from before the session from starting; of a newer one the events tell', () => {
  const problem = { reason: 'Unschedulable', message: full }
  const old = status(pending(50_000, problem))
  expect(texts(status(), old)).toEqual([`Pod web-1 waits: ${full}`])
  expect(texts(old, old)).toEqual([])
  expect(texts(status(), status(pending(100_000, problem)))).toEqual([])
  expect(texts(status(), status(pending(50_000, undefined)))).toEqual([])
})
