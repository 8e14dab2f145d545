import type { KubernetesManifest } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { objectProgress } from './object-state.js'

type Rest = { readonly spec?: object; readonly status?: object; readonly metadata?: object }

function object(apiVersion: string, kind: string, { spec = {}, status = {}, metadata = {} }: Rest): KubernetesManifest {
  return {
    apiVersion,
    kind,
    metadata: { name: 'a', generation: 2, ...metadata },
    spec,
    status: { observedGeneration: 2, ...status },
  }
}

const deployment = (rest: Rest) => object('apps/v1', 'Deployment', rest)
const condition = (type: string, status = 'True', more: object = {}) => ({ conditions: [{ type, status, ...more }] })
const counts = (updatedReplicas: number, more: object = {}) => ({ updatedReplicas, replicas: updatedReplicas, ...more })

describe('how far an object is', () => {
  it.each<[string, KubernetesManifest, string, string?]>([
    [
      'a Deployment that nobody has seen',
      deployment({ status: { observedGeneration: undefined } }),
      'progressing',
      'its controller has not seen it yet',
    ],
    [
      'one whose change nobody has seen',
      deployment({ status: { observedGeneration: 1 } }),
      'progressing',
      'its controller has not seen the change yet',
    ],
    [
      'one with too few new pods',
      deployment({ spec: { replicas: 3 }, status: counts(1) }),
      'progressing',
      '1 of 3 replicas are updated',
    ],
    [
      'one with old pods',
      deployment({ status: counts(1, { replicas: 2 }) }),
      'progressing',
      '1 old replica is still there',
    ],
    [
      'one whose pods are not available',
      deployment({ status: counts(1) }),
      'progressing',
      '0 of 1 replicas are available',
    ],
    ['one that is rolled out', deployment({ status: counts(1, { availableReplicas: 1 }) }), 'ready'],
    ['one scaled to nothing', deployment({ spec: { replicas: 0 } }), 'ready'],
    [
      'one that took too long',
      deployment({
        status: condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded', message: 'timed out' }),
      }),
      'failed',
      'timed out',
    ],
    [
      'one whose pods are refused',
      deployment({ status: condition('ReplicaFailure', 'True', { message: 'exceeded quota' }) }),
      'failed',
      'exceeded quota',
    ],
    [
      'a StatefulSet on its way',
      object('apps/v1', 'StatefulSet', { spec: { replicas: 2 }, status: { readyReplicas: 1 } }),
      'progressing',
      '1 of 2 replicas are ready',
    ],
    [
      'one that is ready but old',
      object('apps/v1', 'StatefulSet', { status: { readyReplicas: 1, updatedReplicas: 0 } }),
      'progressing',
      '0 of 1 replicas are updated',
    ],
    [
      'one that keeps a part',
      object('apps/v1', 'StatefulSet', {
        spec: { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
        status: { readyReplicas: 2, updatedReplicas: 1 },
      }),
      'ready',
    ],
    [
      'one that is replaced by hand',
      object('apps/v1', 'StatefulSet', {
        spec: { updateStrategy: { type: 'OnDelete' } },
        status: { readyReplicas: 1 },
      }),
      'ready',
    ],
    [
      'a DaemonSet on its way',
      object('apps/v1', 'DaemonSet', {
        status: { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 },
      }),
      'progressing',
      '1 of 2 replicas are available',
    ],
    [
      'a DaemonSet that is there',
      object('apps/v1', 'DaemonSet', {
        status: { desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 },
      }),
      'ready',
    ],
    [
      'a Job that runs',
      object('batch/v1', 'Job', { spec: { completions: 3 }, status: { succeeded: 1, failed: 2 } }),
      'progressing',
      '1 of 3 completions',
    ],
    ['a Job that is done', object('batch/v1', 'Job', { status: condition('Complete') }), 'complete'],
    [
      'a Job that gave up',
      object('batch/v1', 'Job', {
        status: condition('Failed', 'True', { reason: 'BackoffLimitExceeded', message: 'too often' }),
      }),
      'failed',
      'BackoffLimitExceeded: too often',
    ],
    ['a Pod that is ready', object('v1', 'Pod', { status: { phase: 'Running', ...condition('Ready') } }), 'ready'],
    ['a Pod that has done its work', object('v1', 'Pod', { status: { phase: 'Succeeded' } }), 'complete'],
    ['a Pod that failed', object('v1', 'Pod', { status: { phase: 'Failed', reason: 'Evicted' } }), 'failed', 'Evicted'],
    ['a claim without a volume yet', object('v1', 'PersistentVolumeClaim', { status: { phase: 'Pending' } }), 'ready'],
    [
      'a definition before it is established',
      object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {}),
      'progressing',
      'it is not established yet',
    ],
    [
      'a definition that is established',
      object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { status: condition('Established') }),
      'ready',
    ],
    [
      'a definition whose names are taken',
      object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
        status: condition('NamesAccepted', 'False', { message: 'taken' }),
      }),
      'failed',
      'taken',
    ],
    [
      'anything that says it is not ready',
      object('example.com/v1', 'Site', { status: condition('Ready', 'False', { reason: 'Issuing' }) }),
      'progressing',
      'Issuing',
    ],
    ['anything that says it is ready', object('example.com/v1', 'Site', { status: condition('Ready') }), 'ready'],
    [
      'anything that says it is stuck',
      object('example.com/v1', 'Site', { status: condition('Stalled', 'True', { message: 'no access' }) }),
      'failed',
      'no access',
    ],
    ['anything without a word', object('v1', 'ConfigMap', {}), 'ready'],
    [
      'what is being deleted',
      object('v1', 'ConfigMap', { metadata: { deletionTimestamp: 'now' } }),
      'progressing',
      'it is being deleted',
    ],
    [
      'a Job that is tidied away after its end',
      object('batch/v1', 'Job', { metadata: { deletionTimestamp: 'now' }, status: condition('Complete') }),
      'complete',
    ],
    [
      'a Job that is deleted before its end',
      object('batch/v1', 'Job', { metadata: { deletionTimestamp: 'now' } }),
      'progressing',
      'it is being deleted',
    ],
  ])('%s', (_, shown, state, message) => {
    expect(objectProgress(shown)).toEqual({ state, ...(message !== undefined && { message }) })
  })
})
