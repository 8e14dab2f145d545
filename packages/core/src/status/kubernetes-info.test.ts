import type { KubernetesApply, Pod } from '@tiltts/spec'
import { expect, test } from 'vitest'
import { podOf } from '../kubernetes/pod.js'
import { podManifest } from '../kubernetes/pods.test.support.js'
import {
  at,
  composeService,
  discovery,
  kubernetesResource,
  second,
  serviceResource,
  update,
} from './row.test.support.js'
import { uiResource } from './ui-resource.js'

const pod = (name: string, more: Parameters<typeof podManifest>[1] = {}): Pod => ({
  ...podOf(podManifest(name, more), []),
  createdAt: at(3),
})
const apply = (...names: readonly [kind: string, name: string, namespace: string][]): KubernetesApply =>
  ({
    status: {
      applied: names.map(([kind, name, namespace]) => ({ apiVersion: 'v1', kind, name, namespace, uid: name })),
    },
  }) as unknown as KubernetesApply
const row = (pods: readonly Pod[], applied = apply(['Deployment', 'x', 'shop'])) =>
  uiResource(
    {
      resource: kubernetesResource('x'),
      discovery: discovery({ pods }),
      apply: applied,
      updates: [
        update('x-1', { phase: 'succeeded', startTime: at(1), finishTime: at(2) }),
        update('x-2', { phase: 'succeeded', startTime: at(20), finishTime: at(21) }),
      ],
    },
    undefined,
    second(30),
  ).k8sResourceInfo

test('API-26: k8sResourceInfo is of the newest pod that stays, with its log and the update it is of', () => {
  const going = { ...pod('x-2'), deleting: true }
  expect(row([going, pod('x-1')])).toEqual({
    podName: 'x-1',
    podCreationTime: at(3),
    podUpdateStartTime: at(1),
    podStatus: pod('x-1').status,
    allContainersReady: pod('x-1').containers.every(({ ready }) => ready),
    podRestarts: 0,
    spanID: 'pod:x:x-1',
    displayNames: ['x:deployment'],
  })
})

test('API-26: it says what is wrong with the pod, and how often its containers were restarted', () => {
  const crashing = pod('x-1', {
    containers: [
      {
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        last: { terminated: { exitCode: 3, reason: 'Error' } },
        restarts: 4,
      },
    ],
  })
  expect(row([crashing])).toMatchObject({
    podStatus: 'CrashLoopBackOff',
    podStatusMessage: expect.stringMatching(/: CrashLoopBackOff: exited with code 3$/),
    allContainersReady: false,
    podRestarts: 4,
  })
})

test('API-26: without a pod there are the names of what is deployed, with namespaces where they are needed', () => {
  const applied = apply(['Service', 'x', 'a'], ['Service', 'x', 'b'], ['Deployment', 'x', 'a'])
  expect(row([], applied)).toEqual({ displayNames: ['x:service:a', 'x:service:b', 'x:deployment'] })
})

test('API-26: composeResourceInfo has what the health check of a service says', () => {
  const health = (service: ReturnType<typeof composeService>) =>
    uiResource({ resource: serviceResource('db'), service, updates: [] }, undefined, second(1)).composeResourceInfo
  expect(health(composeService([{ healthStatus: 'unhealthy' }]))).toEqual({ healthStatus: 'unhealthy' })
  expect(health(composeService([{}]))).toEqual({})
})
